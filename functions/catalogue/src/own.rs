//! Products of the seller's own: found, and written anew as they were read.

use souk_domain::ProductId;
use souk_store::{Store, Tries, happened};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Whole},
};
use souk_store_shops::{ShopsExt as _, shops::Shop};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Problem, Seller};

/// Which product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// The product's id.
    pub(crate) product: ProductId,
}

/// A product of the seller's, deleted or not.
pub(crate) async fn own(store: &Store, seller: &Seller, id: ProductId) -> Result<Whole, Problem> {
    store.products().own(seller.shop(), id).await?.ok_or_else(|| Code::NotFound.into())
}

/// The seller's shop.
pub(crate) async fn shop_of(store: &Store, seller: &Seller) -> Result<Shop, Problem> {
    store.shops().get(seller.shop()).await?.ok_or_else(|| Code::NoShop.into())
}

/// Writes what becomes of a product, as often as somebody is in between. What `next` gives nothing for stays as it is.
pub(crate) async fn rewrite(
    store: &Store,
    seller: &Seller,
    id: ProductId,
    next: impl Fn(Product) -> Result<Option<Product>, Problem>,
) -> Result<Product, Problem> {
    let mut tries = Tries::new();
    while tries.next().await {
        let (before, shop) = store.products().own_in_shop(seller.shop(), id).await?.ok_or(Code::NotFound)?;
        let Some(after) = next(before.clone())? else { return Ok(before) };
        let shop = shop.ok_or(Code::NoShop)?;
        let after = after.in_shop(&shop);
        if happened(store.products().rewrite(&before, &after, &shop).await)? {
            return Ok(after);
        }
    }
    Err(Code::Unavailable.into())
}
