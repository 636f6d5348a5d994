//! How many pieces of each product were sold.
//!
//! An order's shop part is counted in pieces, each in one transaction with the mark that it is counted. The pieces are the
//! same however often somebody begins, so each counts once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{OrderId, ProductId, Quantity, ShopId};
use souk_store::{
    Entity, Refused, StoreError, Transaction, WriteError, claims,
    entity::{number, text},
    transaction::Condition,
};

use super::Products;
use crate::keys::{self, Key};

/// How many products are counted at once. DynamoDB takes 100 items in a transaction; each product is two, and the mark one.
const AT_ONCE: usize = 49;

/// How many pieces of a product were sold. There is none before the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sales {
    /// Of which product.
    pub product: ProductId,
    /// How many, of all its SKUs, since it was created.
    pub sold: u64,
}

impl Entity for Sales {
    const TYPE: &'static str = "product_sales";

    fn key(&self) -> Key {
        keys::product_sales(self.product)
    }
}

/// Why a part of an order was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It was before.
    Counted,
    /// The product is purged, or about to be: nobody may put an item into its partition any more.
    Gone(ProductId),
}

impl Products<'_> {
    /// Counts what a shop sold with an order, for a consumer that is told of it at least once. What it sold of products
    /// that are purged is left out.
    ///
    /// # Errors
    /// Those of [`StoreError`]; part of it may be counted then, and the rest is when this is called again.
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

    /// Counts products that are sold, all at once or none, unless the task is done.
    async fn count(
        &self,
        consumer: &str,
        task: &str,
        sold: &[(ProductId, u32)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut gone: BTreeSet<ProductId> = BTreeSet::new();
        loop {
            let mut transaction = claims::once(Transaction::new(), consumer, task, now, Rule::Counted);
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
                    // Each time around there are fewer.
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
