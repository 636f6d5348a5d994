//! Updates of the copies of their shop that products carry.

use futures::future::try_join_all;
use souk_store::{Page, Position, StoreError, happened, retry_on_conflict};

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
        let (id, mut listed) = (listed.id, Some(listed));
        retry_on_conflict(|| {
            let listed = listed.take();
            async {
                let product = match listed {
                    Some(listed) => Some(listed),
                    // The list may lag by a second, or somebody else wrote the product.
                    None => self.get(id).await?,
                };
                let outdated = product.filter(|product| product.shop_version < shop.version);
                let Some(before) = outdated else { return Ok(Some(())) };
                let after = before.clone().in_shop(shop).next();
                Ok(happened(replaced(&before, &after).commit(self.table).await)?.then_some(()))
            }
        })
        .await
    }
}
