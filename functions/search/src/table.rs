//! The indexer's access to the table.

use std::future::Future;

use souk_domain::{ProductId, ShopId, Slug};
use souk_store::{Page, Position, Store, StoreError};
use souk_store_catalogue::{CatalogueExt as _, members::Member, products::ProductWithSkus};
use souk_store_shops::{ShopsExt, shops::Shop, site};

/// How many entries one read of a list returns.
const PAGE_SIZE: u8 = 250;

/// The parts of the table that the index contains. Reads of single items are consistent. Lists may miss what was
/// written in the last second.
pub trait Table: Send + Sync + 'static {
    /// Returns the categories.
    fn site(&self) -> impl Future<Output = Result<site::SiteWithCategories, StoreError>> + Send;

    /// Returns a product, listed or not.
    fn product(&self, id: ProductId) -> impl Future<Output = Result<Option<ProductWithSkus>, StoreError>> + Send;

    /// Returns a shop, open or not.
    fn shop(&self, id: ShopId) -> impl Future<Output = Result<Option<Shop>, StoreError>> + Send;

    /// Returns all open shops.
    fn open_shops(&self) -> impl Future<Output = Result<Vec<Shop>, StoreError>> + Send;

    /// Returns all products of a category, listed or not.
    fn products_in(&self, category: &Slug) -> impl Future<Output = Result<Vec<ProductId>, StoreError>> + Send;
}

impl Table for Store {
    async fn site(&self) -> Result<site::SiteWithCategories, StoreError> {
        ShopsExt::site(self).whole().await
    }

    async fn product(&self, id: ProductId) -> Result<Option<ProductWithSkus>, StoreError> {
        self.products().whole(id).await
    }

    async fn shop(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.shops().current(id).await
    }

    async fn open_shops(&self) -> Result<Vec<Shop>, StoreError> {
        all(|from| async move { self.shops().newest(from, PAGE_SIZE).await }, Some).await
    }

    async fn products_in(&self, category: &Slug) -> Result<Vec<ProductId>, StoreError> {
        let product = |member| match member {
            Member::Product(product) => Some(product.id),
            Member::Shop(_) => None,
        };
        all(|from| async move { self.members().of(category, from, PAGE_SIZE).await }, product).await
    }
}

/// Reads all pages of a list. Returns what `kept` keeps of the entries.
async fn all<T, U, F>(page: impl Fn(Option<Position>) -> F, kept: impl Fn(T) -> Option<U>) -> Result<Vec<U>, StoreError>
where
    F: Future<Output = Result<Page<T>, StoreError>>,
{
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let page = page(from).await?;
        all.extend(page.items.into_iter().filter_map(&kept));
        from = page.next;
        if from.is_none() {
            return Ok(all);
        }
    }
}
