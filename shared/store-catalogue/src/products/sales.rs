//! How many pieces of each product were sold.
//!
//! A shop order is counted in chunks. One transaction counts a chunk and records that it is counted. The chunks are the
//! same at every attempt, so each is counted once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{OrderId, ProductId, Quantity, ShopId, SkuId};
use souk_store::{
    Entity, Refused, StoreError, Transaction, WriteError,
    entity::{number, text},
    leases,
    transaction::Condition,
};

use super::Products;
use crate::keys::{self, Key};

/// How many products one transaction counts. DynamoDB accepts 100 items: two for each product, and one record.
const PRODUCTS_AT_ONCE: usize = 49;

/// How many SKUs one transaction counts: one item for each, and one record.
const SKUS_AT_ONCE: usize = 99;

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

/// How many pieces were sold of each.
type Counts<K> = Vec<(K, u32)>;

/// Adds the write of one count to a transaction.
type Write<K> = fn(Transaction<Rule<K>>, K, u32) -> Transaction<Rule<K>>;

/// Why a chunk was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule<K> {
    /// It was counted before.
    Counted,
    /// The product is purged or being purged. No new item may enter its partition.
    Gone(K),
}

impl Products<'_> {
    /// Counts what a shop sold with an order, for a consumer that receives each order at least once. The pieces are sold
    /// and no longer held. Leaves out purged products.
    ///
    /// # Errors
    /// Those of [`StoreError`]. A part may be counted then; another call counts the rest.
    pub async fn count_sales(
        &self,
        consumer: &str,
        (order, shop): (OrderId, ShopId),
        lines: impl IntoIterator<Item = (SkuId, Quantity)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut products: BTreeMap<ProductId, u32> = BTreeMap::new();
        let mut skus: BTreeMap<SkuId, u32> = BTreeMap::new();
        for (sku, quantity) in lines {
            *products.entry(sku.product).or_default() += quantity.get();
            *skus.entry(sku).or_default() += quantity.get();
        }
        for (number, part) in chunks(products, PRODUCTS_AT_ONCE) {
            self.once(consumer, &format!("{order}#{shop}#{number}"), part, add_sold, now).await?;
        }
        for (number, part) in chunks(skus, SKUS_AT_ONCE) {
            self.once(consumer, &format!("{order}#{shop}#HELD#{number}"), part, take_off_held, now).await?;
        }
        Ok(())
    }

    /// Writes the counts of all these keys or of none, unless the task is done.
    async fn once<K: Copy + Ord + Send + Sync>(
        &self,
        consumer: &str,
        task: &str,
        counts: Counts<K>,
        write: Write<K>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut gone: BTreeSet<K> = BTreeSet::new();
        loop {
            let transaction = leases::once(Transaction::new(), consumer, task, now, Rule::Counted);
            let left = counts.iter().filter(|(key, _)| !gone.contains(key));
            let transaction = left.fold(transaction, |transaction, &(key, count)| write(transaction, key, count));
            match transaction.commit(self.table).await {
                Ok(()) => return Ok(()),
                Err(WriteError::Refused(Refused(rules))) => {
                    if rules.iter().any(|rule| matches!(rule, Rule::Counted)) {
                        return Ok(());
                    }
                    // Each attempt has fewer keys.
                    gone.extend(rules.into_iter().filter_map(|rule| match rule {
                        Rule::Gone(key) => Some(key),
                        Rule::Counted => None,
                    }));
                }
                Err(WriteError::Store(error)) => return Err(error),
            }
        }
    }
}

/// Splits counts into chunks, the same at every attempt.
fn chunks<K: Copy>(counts: BTreeMap<K, u32>, size: usize) -> impl Iterator<Item = (usize, Counts<K>)> {
    let counts: Counts<K> = counts.into_iter().collect();
    let chunks: Vec<Counts<K>> = counts.chunks(size).map(<[_]>::to_vec).collect();
    chunks.into_iter().enumerate()
}

/// Adds to the sold pieces of a product.
fn add_sold(
    transaction: Transaction<Rule<ProductId>>,
    product: ProductId,
    pieces: u32,
) -> Transaction<Rule<ProductId>> {
    let there = Condition::new("attribute_exists(pk) AND attribute_not_exists(purging)");
    let more = Condition::default()
        .name("#type", "type")
        .value(":type", text(Sales::TYPE))
        .value(":product", text(product))
        .value(":pieces", number(pieces));
    transaction.check(&keys::product(product), there, Rule::Gone(product)).update(
        &keys::product_sales(product),
        "SET #type = :type, product = :product ADD sold :pieces",
        more,
        Rule::Gone(product),
    )
}

/// Takes sold pieces off those that a SKU holds.
fn take_off_held(transaction: Transaction<Rule<SkuId>>, sku: SkuId, pieces: u32) -> Transaction<Rule<SkuId>> {
    let held = Condition::new("held >= :pieces").value(":pieces", number(pieces));
    transaction.update(&keys::sku(sku), "SET held = held - :pieces", held, Rule::Gone(sku))
}
