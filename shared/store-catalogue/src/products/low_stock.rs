//! When a SKU runs low.
//!
//! A mark on the SKU says that its seller was told. It is put on in one transaction with the news, and taken off when there
//! is enough again: so there is one notice for each time that the stock falls to the threshold, however often somebody
//! looks. Each change asks for the stock as it is at that moment, not for what the one who looks has seen.

use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::{SkuId, Stock};
use souk_store::{
    StoreError, Transaction,
    entity::number,
    outbox::OutboxRecord,
    transaction::{Condition, happened},
};

use super::Products;
use crate::keys;

impl Products<'_> {
    /// Marks a SKU of which so few are left or fewer, and tells of it. Answers whether it did.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn mark_low(&self, sku: SkuId, threshold: Stock, news: &OutboxRecord) -> Result<bool, StoreError> {
        let runs_low = "available <= :threshold AND attribute_not_exists(low) AND attribute_not_exists(removed)";
        let runs_low = Condition::new(runs_low).value(":threshold", number(threshold.get()));
        let marked = runs_low.value(":yes", AttributeValue::Bool(true));
        let transaction = Transaction::new().update(&keys::sku(sku), "SET low = :yes", marked, ());
        happened(transaction.put(news).commit(self.table).await)
    }

    /// Takes the mark off a SKU of which there are more again.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn unmark_low(&self, sku: SkuId, threshold: Stock) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&keys::sku(sku))
            .update_expression("REMOVE low")
            .condition_expression("available > :threshold AND attribute_exists(low)")
            .expression_attribute_values(":threshold", number(threshold.get()));
        self.table.apply(update).await.map(drop)
    }
}
