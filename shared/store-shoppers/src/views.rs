//! Views: the products that shoppers viewed last. One item for each shopper says which products, and when.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{ProductId, UserId};
use souk_store::{
    Entity, StoreError, Table,
    entity::{from_item, millis},
    entries::{self, At},
    table::Freshness,
};

use crate::keys::{self, Key};

/// How many viewed products a list returns.
pub const MAX_VIEWED: usize = 30;
/// How many more may be stored before the oldest are removed. So not every view needs a second write.
const SLACK: usize = 10;

/// The products that a shopper viewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewed {
    /// The shopper.
    pub user: UserId,
    /// When each product was last viewed. Only the [`MAX_VIEWED`] newest count.
    pub entries: BTreeMap<ProductId, At>,
}

impl Entity for Viewed {
    const TYPE: &'static str = "viewed";

    fn key(&self) -> Key {
        keys::viewed(self.user)
    }
}

/// Access to views.
#[derive(Debug)]
pub struct Views<'a> {
    table: &'a Table,
}

impl<'a> Views<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns the products that a shopper viewed last and when, newest first.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, user: UserId) -> Result<Vec<(ProductId, Timestamp)>, StoreError> {
        let viewed: Option<Viewed> = self.table.get(keys::viewed(user), Freshness::Strong).await?;
        let mut newest = viewed.map(|viewed| entries::newest(&viewed.entries)).unwrap_or_default();
        newest.truncate(MAX_VIEWED);
        Ok(newest)
    }

    /// Records that a shopper viewed a product. Of two views of one product the later one stays.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn record(&self, user: UserId, product: ProductId, now: Timestamp) -> Result<(), StoreError> {
        let look = entries::update(self.table, &keys::viewed(user), product)
            .update_expression("SET #entries.#entry = :now")
            .condition_expression(
                "attribute_exists(#entries) AND (attribute_not_exists(#entries.#entry) OR #entries.#entry < :now)",
            )
            .expression_attribute_values(":now", millis(now))
            .return_values(ReturnValue::AllNew);
        let empty = Viewed { user, entries: BTreeMap::new() };
        let Some(item) = entries::write(self.table, &empty, look).await? else { return Ok(()) };
        let viewed: Viewed = from_item(item)?;
        if viewed.entries.len() > MAX_VIEWED + SLACK { self.forget_the_oldest(&viewed).await } else { Ok(()) }
    }

    /// Removes all but the newest, unless one of those to remove was viewed again meanwhile. Then the next view removes
    /// them.
    async fn forget_the_oldest(&self, viewed: &Viewed) -> Result<(), StoreError> {
        let mut forget = self.table.update(&viewed.key()).expression_attribute_names("#entries", "entries");
        let (mut paths, mut unchanged) = (Vec::new(), Vec::new());
        for (n, (product, at)) in entries::newest(&viewed.entries).into_iter().skip(MAX_VIEWED).enumerate() {
            forget = forget
                .expression_attribute_names(format!("#p{n}"), product.to_string())
                .expression_attribute_values(format!(":p{n}"), millis(at));
            paths.push(format!("#entries.#p{n}"));
            unchanged.push(format!("#entries.#p{n} = :p{n}"));
        }
        let forget = forget
            .update_expression(format!("REMOVE {}", paths.join(", ")))
            .condition_expression(unchanged.join(" AND "));
        self.table.apply(forget).await.map(drop)
    }
}
