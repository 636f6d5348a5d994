//! Access to products of the seller's own shop: reading them, and changing them with optimistic writes.

use souk_domain::ProductId;
use souk_store::{Store, happened, retry_on_conflict};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, ProductWithSkus},
};
use souk_store_shops::{ShopsExt as _, shops::Shop};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Problem, Seller};

/// The path of an endpoint for one product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ProductPath {
    /// The product's id.
    pub(crate) product: ProductId,
}

/// Returns a product of the seller's shop, deleted or not. Answers `not_found` for every other product.
pub(crate) async fn own(store: &Store, seller: &Seller, id: ProductId) -> Result<ProductWithSkus, Problem> {
    store.products().own(seller.shop(), id).await?.ok_or_else(|| Code::NotFound.into())
}

/// Returns the seller's shop. Answers `no_shop` if the seller has none.
pub(crate) async fn shop_of(store: &Store, seller: &Seller) -> Result<Shop, Problem> {
    store.shops().get(seller.shop()).await?.ok_or_else(|| Code::NoShop.into())
}

/// Replaces a product by what `next` makes of it. Repeats both if another writer was faster. If `next` returns `None`,
/// nothing is written and the product is returned as it is.
pub(crate) async fn rewrite(
    store: &Store,
    seller: &Seller,
    id: ProductId,
    next: impl Fn(Product) -> Result<Option<Product>, Problem>,
) -> Result<Product, Problem> {
    retry_on_conflict(|| async {
        let (before, shop) = store.products().own_in_shop(seller.shop(), id).await?.ok_or(Code::NotFound)?;
        let Some(after) = next(before.clone())? else { return Ok(Some(before)) };
        let shop = shop.ok_or(Code::NoShop)?;
        let after = after.in_shop(&shop);
        Ok(happened(store.products().rewrite(&before, &after, &shop).await)?.then_some(after))
    })
    .await
}
