//! Taking a product away for good. Every step may be repeated, and called half done: the product's own item, by which it
//! is found, goes last.

use futures::future::try_join_all;
use jiff::Timestamp;
use souk_domain::media::Referrer;
use souk_store::{StoreError, Transaction, WriteError, entity::text, table::ListQuery, transaction::Condition};
use souk_store_media::media::MediaItems;

use super::{Product, Products, replaced};
use crate::keys::{self, Key};

/// How many items are removed at once.
const AT_ONCE: u8 = 25;
/// How many products a list of those to be removed has.
const OVERDUE: u8 = 100;

impl Products<'_> {
    /// Products that were deleted so long ago that nobody can have them back, the longest ago first, at most 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<Product>, StoreError> {
        let due = ListQuery::oldest_up_to(keys::trash(), keys::sortable(now), OVERDUE);
        let mut products: Vec<Product> = self.table.list(due).await?.items;
        products.retain(|product| product.purge_at().is_some_and(|at| at <= now));
        Ok(products)
    }

    /// Takes a product away with all there is to it, deleted before or not. Its pictures lose their claim. Answers whether
    /// it did; it does not when somebody wrote the product since it was read.
    ///
    /// # Errors
    /// Those of [`StoreError`]; part of it may be gone then, and the rest goes when this is called again.
    pub async fn purge(&self, product: &Product, now: Timestamp) -> Result<bool, StoreError> {
        if !product.purging {
            let deleted_at = product.deleted_at.or(Some(now));
            let purging = Product { purging: true, deleted_at, ..product.clone().next() };
            match replaced(product, &purging).commit(self.table).await {
                Ok(()) => {}
                Err(WriteError::Refused(_)) => return Ok(false),
                Err(WriteError::Store(error)) => return Err(error),
            }
        }
        if let Some(whole) = self.whole(product.id).await? {
            let pictures: Vec<_> = whole.details.pictures.iter().map(|picture| picture.id).collect();
            MediaItems::new(self.table).release(&pictures, Referrer::Product(product.id), now).await?;
        }
        // Without SKUs nobody changes stock any more.
        let own = keys::product(product.id);
        self.empty(own.pk.clone(), Some(&own)).await?;
        self.empty(keys::stock_changes_of(product.id), None).await?;
        self.release_slug(product).await?;
        self.table.delete(own).await?;
        Ok(true)
    }

    /// Removes all items of a partition but one.
    async fn empty(&self, partition: String, but: Option<&Key>) -> Result<(), StoreError> {
        let mut from = None;
        loop {
            let page = self.table.list::<Key>(ListQuery::oldest_in(partition.clone(), from, AT_ONCE)).await?;
            let others = page.items.into_iter().filter(|key| Some(key) != but);
            try_join_all(others.map(|key| self.table.delete(key))).await?;
            if page.next.is_none() {
                return Ok(());
            }
            from = page.next;
        }
    }

    /// Removes the claim on the slug. When an earlier run did, the slug may be another product's by now.
    async fn release_slug(&self, product: &Product) -> Result<(), StoreError> {
        let own = Condition::new("product = :product").value(":product", text(product.id));
        match Transaction::new().delete(&keys::product_slug(&product.slug), own, ()).commit(self.table).await {
            Ok(()) | Err(WriteError::Refused(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}
