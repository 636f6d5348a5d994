//! How many pieces of each product were sold.
//!
//! A shop order is counted in chunks. One transaction counts a chunk and records that it is counted. The chunks are the
//! same at every attempt, so each is counted once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{OrderId, ProductId, Quantity, ShopId};
use souk_store::{
    Entity, Refused, StoreError, Transaction, WriteError,
    entity::{number, text},
    leases,
    transaction::Condition,
};

use super::Products;
use crate::keys::{self, Key};

/// How many products one transaction counts. DynamoDB accepts 100 items: two for each product, and one record.
const AT_ONCE: usize = 49;

/// How many pieces of a product were sold. The item does not exist before the first sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sales {
    /// The product.
    pub product: ProductId,
    /// How many pieces, of all its SKUs, since it was created.
    pub sold: u64,
}

impl Entity for Sales {
    const TYPE: &'static str = "product_sales";

    fn key(&self) -> Key {
        keys::product_sales(self.product)
    }
}

/// Why a chunk was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It was counted before.
    Counted,
    /// The product is purged or being purged. No new item may enter its partition.
    Gone(ProductId),
}

impl Products<'_> {
    /// Counts what a shop sold with an order, for a consumer that receives each order at least once. Leaves out purged
    /// products.
    ///
    /// # Errors
    /// Those of [`StoreError`]. A part may be counted then; another call counts the rest.
    pub async fn count_sales(
        &self,
        consumer: &str,
        (order, shop): (OrderId, ShopId),
        lines: impl IntoIterator<Item = (ProductId, Quantity)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut sold: BTreeMap<ProductId, u32> = BTreeMap::new();
        for (product, quantity) in lines {
            *sold.entry(product).or_default() += quantity.get();
        }
        let sold: Vec<(ProductId, u32)> = sold.into_iter().collect();
        for (number, part) in sold.chunks(AT_ONCE).enumerate() {
            let task = format!("{order}#{shop}#{number}");
            self.count(consumer, &task, part, now).await?;
        }
        Ok(())
    }

    /// Counts all of these products or none, unless the task is done.
    async fn count(
        &self,
        consumer: &str,
        task: &str,
        sold: &[(ProductId, u32)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut gone: BTreeSet<ProductId> = BTreeSet::new();
        loop {
            let mut transaction = leases::once(Transaction::new(), consumer, task, now, Rule::Counted);
            for &(product, pieces) in sold.iter().filter(|(product, _)| !gone.contains(product)) {
                let there = Condition::new("attribute_exists(pk) AND attribute_not_exists(purging)");
                let more = Condition::default()
                    .name("#type", "type")
                    .value(":type", text(Sales::TYPE))
                    .value(":product", text(product))
                    .value(":pieces", number(pieces));
                transaction = transaction.check(&keys::product(product), there, Rule::Gone(product)).update(
                    &keys::product_sales(product),
                    "SET #type = :type, product = :product ADD sold :pieces",
                    more,
                    Rule::Gone(product),
                );
            }
            match transaction.commit(self.table).await {
                Ok(()) => return Ok(()),
                Err(WriteError::Refused(Refused(rules))) => {
                    if rules.contains(&Rule::Counted) {
                        return Ok(());
                    }
                    // Each attempt has fewer products.
                    gone.extend(rules.into_iter().filter_map(|rule| match rule {
                        Rule::Gone(product) => Some(product),
                        Rule::Counted => None,
                    }));
                }
                Err(WriteError::Store(error)) => return Err(error),
            }
        }
    }
}
