//! Changing a SKU's stock, and what is remembered of it.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ProductId, SkuId, Stock, StockChangeId,
    product::{StockDelta, StockReason},
};
use souk_store::{
    Entity, Page, Position, StoreError, Transaction, WriteError, entity::number, idempotency::Answer, table::ListQuery,
    transaction::Condition,
};

use super::Products;
use crate::keys::{self, Key};

/// That the seller changed a SKU's stock. Sales are not among these: orders tell of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChange {
    /// Names the change.
    pub id: StockChangeId,
    /// Of what.
    pub sku: SkuId,
    /// By how many.
    pub delta: StockDelta,
    /// Why.
    pub reason: StockReason,
    /// When.
    #[serde(with = "millis")]
    pub at: Timestamp,
}

impl Entity for StockChange {
    const TYPE: &'static str = "stock_change";

    fn key(&self) -> Key {
        keys::stock_change(self.sku.product, self.id)
    }
}

/// Why stock was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockRule {
    /// There would be fewer than none or too many; or the SKU is gone.
    OutOfRange,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

impl Products<'_> {
    /// Changes how many there are of a SKU, and remembers that.
    ///
    /// # Errors
    /// Those of [`StockRule`].
    pub async fn adjust(&self, change: &StockChange, answer: Option<&Answer>) -> Result<(), WriteError<StockRule>> {
        let delta = i64::from(change.delta.get());
        let in_range = Condition::new("available BETWEEN :least AND :most AND attribute_not_exists(removed)")
            .value(":least", number(-delta.min(0)))
            .value(":most", number(i64::from(Stock::MAX.get()) - delta.max(0)))
            .value(":delta", number(delta));
        let transaction = Transaction::new()
            .update(&keys::sku(change.sku), "SET available = available + :delta", in_range, StockRule::OutOfRange)
            .put(change);
        match answer {
            Some(answer) => transaction.create(answer, StockRule::KeyUsed),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    /// How a product's stock was changed, the newest change first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn stock_changes(
        &self,
        product: ProductId,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<StockChange>, StoreError> {
        self.table.list(ListQuery::newest_in(keys::stock_changes_of(product), from, limit)).await
    }
}
