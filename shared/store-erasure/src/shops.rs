//! The purge of a shop. Every step is idempotent and may be interrupted: the shop's own item, by which a sweep finds
//! it, is deleted last. Orders stay, because they contain copies of all that they need.

use futures::future::try_join_all;
use jiff::Timestamp;
use souk_domain::{ShopId, media::Referrer};
use souk_store::{
    Entity, StoreError, Table, Transaction, entity::text, happened, table::ListQuery, transaction::Condition,
};
use souk_store_catalogue::products::Products;
use souk_store_media::media::MediaItems;
use souk_store_sales::discounts::Discounts;
use souk_store_shoppers::follows::Follower;
use souk_store_shops::{
    custom_domains::CustomDomains,
    shops::{ClosedShop, Shop},
};

use crate::{erasure::Erasure, keys};

/// How many items are deleted at once.
const AT_ONCE: u8 = 25;

impl Erasure<'_> {
    /// Deletes a shop with its products, discounts, followers, pictures, domain and slug. Returns `false` if its time
    /// has not come, if the shop was written since it was read, or if there may be products that the list does not show
    /// yet.
    ///
    /// # Errors
    /// Those of [`StoreError`]. A part may be deleted then; another call deletes the rest.
    pub async fn purge_shop(&self, shop: &Shop, now: Timestamp) -> Result<bool, StoreError> {
        let id = shop.id;
        if shop.purge_at().is_none_or(|purge_at| now < purge_at) {
            return Ok(false);
        }
        if !shop.purging {
            let purging = Shop { purging: true, ..shop.clone().next() };
            let marked = Transaction::new().replace(&purging, shop.as_read(), ());
            if !happened(marked.commit(self.table).await)? {
                return Ok(false);
            }
        }
        // The list may lag by a second. So it counts as empty only if it had no product at all.
        if self.purge_products(id, now).await? && self.purge_products(id, now).await? {
            return Ok(false);
        }
        while Discounts::new(self.table).purge(id).await? {}
        self.forget_followers(id).await?;
        MediaItems::new(self.table).remove_references(Referrer::Shop(id), &shop.pictures(), &[], now).await?;
        let domains = CustomDomains::new(self.table);
        if let Some(domain) = domains.of(id).await?
            && !happened(domains.remove(&domain).await)?
        {
            return Ok(false);
        }
        let own = Condition::new("shop = :shop").value(":shop", text(id));
        done(Transaction::new().delete(&keys::shop_slug(&shop.slug), own, ()), self.table).await?;
        let marked = Condition::new("attribute_exists(purging)");
        done(Transaction::new().put(&ClosedShop { shop: id, at: now }).delete(&keys::shop(id), marked, ()), self.table)
            .await?;
        Ok(true)
    }

    /// Deletes the products. Returns whether there were any.
    async fn purge_products(&self, shop: ShopId, now: Timestamp) -> Result<bool, StoreError> {
        let products = Products::new(self.table);
        let (mut met, mut from) = (false, None);
        loop {
            let page = products.all_of(shop, from, AT_ONCE).await?;
            met |= !page.items.is_empty();
            for product in &page.items {
                products.purge(product, now).await?;
            }
            if page.next.is_none() {
                return Ok(met);
            }
            from = page.next;
        }
    }

    /// Removes the shop from its followers' lists. The count is not decremented, because it is deleted too: nobody can
    /// follow a closed shop, and a shopper who does not follow it any more is not counted down.
    async fn forget_followers(&self, shop: ShopId) -> Result<(), StoreError> {
        let mut from = None;
        loop {
            let follows = ListQuery::oldest_in(keys::followers(shop), from, AT_ONCE).beginning(keys::FOLLOWER);
            let page = self.table.list::<Follower>(follows).await?;
            try_join_all(page.items.iter().map(|follower| self.forget(follower))).await?;
            if page.next.is_none() {
                return self.table.delete(keys::follower_count(shop)).await;
            }
            from = page.next;
        }
    }

    async fn forget(&self, follower: &Follower) -> Result<(), StoreError> {
        self.table.delete(keys::follow(follower.user, follower.shop)).await?;
        self.table.delete(follower.key()).await
    }
}

/// Commits a transaction. Succeeds as well if an earlier run committed it.
async fn done(transaction: Transaction<()>, table: &Table) -> Result<(), StoreError> {
    happened::<()>(transaction.commit(table).await).map(drop)
}
