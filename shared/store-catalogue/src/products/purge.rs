//! The purge of a product. Every step is idempotent and may be interrupted: the product's own item, by which a sweep
//! finds it, is deleted last.

use futures::future::try_join_all;
use jiff::Timestamp;
use souk_domain::media::Referrer;
use souk_store::{StoreError, Transaction, WriteError, entity::text, table::ListQuery, transaction::Condition};
use souk_store_media::media::MediaItems;

use super::{Product, Products, replaced};
use crate::keys::{self, Key};

/// How many items are deleted at once.
const AT_ONCE: u8 = 25;
/// How many products one list of overdue products has.
const OVERDUE: u8 = 100;

impl Products<'_> {
    /// Lists products whose time to be restored has passed, longest deleted first, at most 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<Product>, StoreError> {
        let due = ListQuery::oldest_up_to(keys::trash(), keys::sortable(now), OVERDUE);
        let mut products: Vec<Product> = self.table.list(due).await?.items;
        products.retain(|product| product.purge_at().is_some_and(|at| at <= now));
        Ok(products)
    }

    /// Deletes a product, deleted by its seller or not, with everything that belongs to it, and removes its references
    /// to pictures. Returns `false` if somebody wrote the product since it was read.
    ///
    /// # Errors
    /// Those of [`StoreError`]. A part may be deleted then; another call deletes the rest.
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
            MediaItems::new(self.table).remove_references(Referrer::Product(product.id), &pictures, &[], now).await?;
        }
        // Nobody changes stock once the SKUs are deleted.
        let own = keys::product(product.id);
        self.empty(own.pk.clone(), Some(&own)).await?;
        self.empty(keys::stock_changes_of(product.id), None).await?;
        self.release_slug(product).await?;
        self.table.delete(own).await?;
        Ok(true)
    }

    /// Deletes all items of a partition except `but`.
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

    /// Deletes the claim on the slug. The condition protects the claim of another product, which may exist if an
    /// earlier run deleted this one.
    async fn release_slug(&self, product: &Product) -> Result<(), StoreError> {
        let own = Condition::new("product = :product").value(":product", text(product.id));
        match Transaction::new().delete(&keys::product_slug(&product.slug), own, ()).commit(self.table).await {
            Ok(()) | Err(WriteError::Refused(_)) => Ok(()),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}
