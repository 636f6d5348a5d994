//! Products of the seller's own: found, and written anew as they were read.

use souk_domain::ProductId;
use souk_store::{
    ATTEMPTS, Store, WriteError,
    products::{Product, Whole},
    shops::Shop,
};
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
    for _ in 0..ATTEMPTS {
        let before = own(store, seller, id).await?.product;
        let Some(after) = next(before.clone())? else { return Ok(before) };
        let shop = shop_of(store, seller).await?;
        let after = after.in_shop(&shop);
        match store.products().rewrite(&before, &after, &shop).await {
            Ok(()) => return Ok(after),
            Err(WriteError::Refused(_)) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Code::Unavailable.into())
}
