//! What is read of the table.

use std::future::Future;

use souk_domain::{ProductId, ShopId, Slug};
use souk_store::{Page, Position, Store, StoreError};
use souk_store_catalogue::{CatalogueExt as _, members::Member, products::Whole};
use souk_store_shops::{ShopsExt, shops::Shop, site};

/// How many entries of a list one read takes.
const AT_ONCE: u8 = 250;

/// The table, as far as the index tells of it. Single things are read as they are now; of the lists the last second may be
/// missing.
pub trait Table: Send + Sync + 'static {
    /// The categories.
    fn site(&self) -> impl Future<Output = Result<site::Whole, StoreError>> + Send;

    /// A product, on sale or not.
    fn product(&self, id: ProductId) -> impl Future<Output = Result<Option<Whole>, StoreError>> + Send;

    /// A shop, open or not.
    fn shop(&self, id: ShopId) -> impl Future<Output = Result<Option<Shop>, StoreError>> + Send;

    /// All open shops.
    fn open_shops(&self) -> impl Future<Output = Result<Vec<Shop>, StoreError>> + Send;

    /// All products of a category, on sale or not.
    fn products_in(&self, category: &Slug) -> impl Future<Output = Result<Vec<ProductId>, StoreError>> + Send;
}

impl Table for Store {
    async fn site(&self) -> Result<site::Whole, StoreError> {
        ShopsExt::site(self).whole().await
    }

    async fn product(&self, id: ProductId) -> Result<Option<Whole>, StoreError> {
        self.products().whole(id).await
    }

    async fn shop(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.shops().current(id).await
    }

    async fn open_shops(&self) -> Result<Vec<Shop>, StoreError> {
        all(|from| async move { self.shops().newest(from, AT_ONCE).await }, Some).await
    }

    async fn products_in(&self, category: &Slug) -> Result<Vec<ProductId>, StoreError> {
        let product = |member| match member {
            Member::Product(product) => Some(product.id),
            Member::Shop(_) => None,
        };
        all(|from| async move { self.members().of(category, from, AT_ONCE).await }, product).await
    }
}

/// What is to be kept of the entries of all pages of a list.
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
