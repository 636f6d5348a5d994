//! Changes of a SKU's stock, and their records.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    Id as _, ProductId, SkuId, Stock, StockChangeId,
    product::{StockDelta, StockReason},
};
use souk_store::{
    Entity, Page, Position, StoreError, Transaction, WriteError, entity::number, idempotency::Answer, table::ListQuery,
    transaction::Condition,
};
use uuid::Builder;

use super::{Products, Sku};
use crate::keys::{self, Key};

/// A seller's change of a SKU's stock, or the stock that a SKU begins with. Sales are not recorded here, because orders
/// record them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChange {
    /// The change's id.
    pub id: StockChangeId,
    /// The SKU.
    pub sku: SkuId,
    /// How many pieces were added, or removed if negative.
    pub delta: StockDelta,
    /// The reason. Absent for the first stock of a SKU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StockReason>,
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

impl StockChange {
    /// Returns the record of the stock that a new SKU begins with, or `None` if it begins without any. Its id depends only
    /// on the SKU and the time, so writing it again changes nothing.
    pub fn first(sku: &Sku, at: Timestamp) -> Option<Self> {
        let delta = StockDelta::parse(sku.available.get().into()).ok()?;
        let millis = u64::try_from(at.as_millisecond()).unwrap_or_default();
        let mut bits = [0; 10];
        bits[..2].copy_from_slice(&sku.id.number.to_be_bytes());
        let id = Builder::from_unix_timestamp_millis(millis, &bits).into_uuid();
        Some(Self { id: StockChangeId::from_uuid(id), sku: sku.id, delta, reason: None, at })
    }
}

/// Why the stock was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockRule {
    /// The result would be negative or too large, or the SKU does not exist.
    OutOfRange,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

impl Products<'_> {
    /// Changes the stock of a SKU and records the change.
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

    /// Lists the changes of a product's stock, newest first. One read.
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
