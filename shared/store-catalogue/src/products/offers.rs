//! Offers: prices for a window of time.
//!
//! An offer is part of its product. Lists contain a pointer to it, which exists while the product has the offer and is
//! on sale. Each read checks whether the offer's window is open, so an offer begins and ends without a write.

use jiff::Timestamp;
use souk_domain::{ProductId, ShopId};
use souk_store::{Page, Position, StoreError, table::ListQuery};

use super::{OfferPointer, Product, Products};
use crate::keys::{self, Index};

/// How many times a list is read to fill a page. Offers that have not begun stand between those that have.
const LOOKS: usize = 5;

impl Products<'_> {
    /// Lists products on sale within the window of their offer, those that end first first, optionally of one shop. Two
    /// reads, and up to ten where many offers have not begun yet.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn on_offer(
        &self,
        shop: Option<ShopId>,
        mut from: Option<Position>,
        limit: u8,
        now: Timestamp,
    ) -> Result<Page<Product>, StoreError> {
        let mut items: Vec<Product> = Vec::new();
        for _ in 0..LOOKS {
            let wanted = limit.saturating_sub(u8::try_from(items.len()).unwrap_or(u8::MAX));
            let list = match shop {
                Some(shop) => ListQuery::oldest(keys::offers_of(shop), from, wanted).of(Index::Second),
                None => ListQuery::oldest(keys::offers(), from, wanted),
            };
            let page: Page<OfferPointer> = self.table.list(list.after(keys::sortable(now))).await?;
            let ids: Vec<ProductId> = page.items.iter().map(|pointer| pointer.product).collect();
            let found = self.on_sale(&ids).await?;
            let in_order = ids.iter().filter_map(|id| found.iter().find(|product| product.id == *id));
            items.extend(in_order.filter(|product| product.offer.is_some_and(|offer| offer.runs_at(now))).cloned());
            from = page.next;
            if from.is_none() || items.len() >= usize::from(limit) {
                break;
            }
        }
        Ok(Page { items, next: from })
    }
}
