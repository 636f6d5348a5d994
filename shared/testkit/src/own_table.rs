//! A separate table for a test that would disturb other tests in the stack's table.

use aws_sdk_dynamodb::types::{BillingMode, GlobalSecondaryIndex};
use souk_store::{Store, Table};

use crate::{Cloud, Failed, Result};

impl Cloud {
    /// Creates a table original the stack's, but without a stream, and returns the cloud with it. No stream reader sees
    /// what is written there. [`Cloud::drop_table`] deletes it.
    ///
    /// # Errors
    /// Fails if the table cannot be created.
    pub async fn with_own_table(&self) -> Result<Self> {
        let original = self.table.describe_table().table_name(&self.name).send().await?.table;
        let original = original.ok_or_else(|| Failed::new("the stack has no table"))?;
        let mut indexes = Vec::new();
        for index in original.global_secondary_indexes.unwrap_or_default() {
            let own = GlobalSecondaryIndex::builder().set_index_name(index.index_name).set_key_schema(index.key_schema);
            indexes.push(own.set_projection(index.projection).build()?);
        }
        let name = format!("{}-own-{:016x}", self.name, fastrand::u64(..));
        let new = self.table.create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
        new.set_key_schema(original.key_schema)
            .set_attribute_definitions(original.attribute_definitions)
            .set_global_secondary_indexes(Some(indexes))
            .send()
            .await?;
        let mut own = self.clone();
        own.name = name;
        Ok(own)
    }

    /// Returns the table as the functions use it.
    pub fn store(&self) -> Store {
        Store::new(Table::new(self.table.clone(), self.name.clone()))
    }

    /// Deletes the table with all its items.
    ///
    /// # Errors
    /// Fails if the cloud refuses.
    pub async fn drop_table(self) -> Result {
        self.table.delete_table().table_name(&self.name).send().await?;
        Ok(())
    }
}
