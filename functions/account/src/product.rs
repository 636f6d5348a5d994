//! The path and the answer of a product in the shopper's lists.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::ProductId;
use souk_product_views::ProductView;
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_views::MediaUrl;
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Problem};

/// The path of a product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ProductPath {
    /// The id of the product.
    pub(crate) product: ProductId,
}

/// A product in a list of the shopper.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProductLine {
    /// The id of the product.
    id: ProductId,
    /// When the product was added to the list or last viewed.
    at: Timestamp,
    /// The product as it is now. It is absent if the product is no longer for sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductView>,
}

/// Reads the products of a list. Returns a function that turns an entry of the list into a line.
pub(crate) async fn product_lines<'a>(
    store: &Store,
    media: &'a MediaUrl,
    listed: &[(ProductId, Timestamp)],
    now: Timestamp,
) -> Result<impl Fn((ProductId, Timestamp)) -> ProductLine + use<'a>, Problem> {
    let ids: Vec<ProductId> = listed.iter().map(|&(id, _)| id).collect();
    let products = store.products().on_sale(&ids).await?;
    Ok(move |(id, at)| {
        let product = products.iter().find(|product| product.id == id);
        ProductLine { id, at, product: product.map(|product| ProductView::of(product, media, now)) }
    })
}

/// Refuses a product that is not for sale.
/// # Errors
/// `not_found`.
pub(crate) async fn require_on_sale(store: &Store, product: ProductId) -> Result<(), Problem> {
    match store.products().on_sale(&[product]).await?.is_empty() {
        true => Err(Code::NotFound.into()),
        false => Ok(()),
    }
}
