//! SKUs that run low.
//!
//! A mark on the SKU says that its seller was told. One transaction sets the mark and writes the event. The mark is
//! removed when the stock is above the threshold again, so the seller is told once each time that the stock falls to
//! the threshold. The conditions check the stock at the moment of the write, not the stock that the caller saw.

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
    /// Marks a SKU with `threshold` pieces or fewer, and writes the event. Returns whether it did.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn mark_low(&self, sku: SkuId, threshold: Stock, event: &OutboxRecord) -> Result<bool, StoreError> {
        let runs_low = "available <= :threshold AND attribute_not_exists(low) AND attribute_not_exists(removed)";
        let runs_low = Condition::new(runs_low).value(":threshold", number(threshold.get()));
        let marked = runs_low.value(":yes", AttributeValue::Bool(true));
        let transaction = Transaction::new().update(&keys::sku(sku), "SET low = :yes", marked, ());
        happened(transaction.put(event).commit(self.table).await)
    }

    /// Removes the mark from a SKU with more than `threshold` pieces.
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
