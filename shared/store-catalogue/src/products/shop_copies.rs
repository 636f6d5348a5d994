//! Updates of the copies of their shop that products carry.

use futures::future::try_join_all;
use souk_store::{ATTEMPTS, Page, Position, StoreError, happened};

use souk_store_shops::shops::Shop;

use super::{Product, Products, replaced};

/// How many products are written at once.
const AT_ONCE: u8 = 25;

impl Products<'_> {
    /// Updates the copies on one page of a shop's products, and returns where the next page begins. Leaves products
    /// alone whose copies are of a later version, so an outdated `shop` does no harm.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn update_copies(&self, shop: &Shop, from: Option<Position>) -> Result<Option<Position>, StoreError> {
        let Page { items, next } = self.all_of(shop.id, from, AT_ONCE).await?;
        try_join_all(items.into_iter().map(|product| self.update_copy(shop, product))).await?;
        Ok(next)
    }

    async fn update_copy(&self, shop: &Shop, listed: Product) -> Result<(), StoreError> {
        let mut product = Some(listed);
        for _ in 0..ATTEMPTS {
            let Some(before) = product.filter(|product| product.shop_version < shop.version) else { return Ok(()) };
            let after = before.clone().in_shop(shop).next();
            if happened(replaced(&before, &after).commit(self.table).await)? {
                return Ok(());
            }
            // The list may lag by a second, or somebody else wrote the product.
            product = self.get(before.id).await?;
        }
        Err(StoreError::Unavailable("others kept writing a product".to_owned()))
    }
}
