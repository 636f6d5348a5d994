//! A table of a test's own, for what would disturb the others in the stack's.

use aws_sdk_dynamodb::types::{BillingMode, GlobalSecondaryIndex};
use souk_store::{Store, Table};

use crate::{Cloud, Failed, Result};

impl Cloud {
    /// The same cloud with another table, which is made like the stack's but has no stream: nobody hears of what happens
    /// there. [`Cloud::drop_table`] takes it away.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn with_own_table(&self) -> Result<Self> {
        let like = self.table.describe_table().table_name(&self.name).send().await?.table;
        let like = like.ok_or_else(|| Failed::new("the stack has no table"))?;
        let mut indexes = Vec::new();
        for index in like.global_secondary_indexes.unwrap_or_default() {
            let own = GlobalSecondaryIndex::builder().set_index_name(index.index_name).set_key_schema(index.key_schema);
            indexes.push(own.set_projection(index.projection).build()?);
        }
        let name = format!("{}-own-{:016x}", self.name, fastrand::u64(..));
        let new = self.table.create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
        new.set_key_schema(like.key_schema)
            .set_attribute_definitions(like.attribute_definitions)
            .set_global_secondary_indexes(Some(indexes))
            .send()
            .await?;
        let mut own = self.clone();
        own.name = name;
        Ok(own)
    }

    /// The table as the functions use it.
    pub fn store(&self) -> Store {
        Store::new(Table::new(self.table.clone(), self.name.clone()))
    }

    /// Takes the table away, with all that is in it.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn drop_table(self) -> Result {
        self.table.delete_table().table_name(&self.name).send().await?;
        Ok(())
    }
}
