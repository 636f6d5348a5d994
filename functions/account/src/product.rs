//! Products as the shopper's lists ask for and show them.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::ProductId;
use souk_product_views::ProductView;
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;
use souk_views::MediaUrl;
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Problem};

/// Which product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// The product's id.
    pub(crate) product: ProductId,
}

/// A product in a list of the shopper's.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProductLine")]
pub struct ProductLine {
    /// Names the product.
    id: ProductId,
    /// When it came to its place in the list.
    at: Timestamp,
    /// What it is now; none where it is no longer on sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductView>,
}

/// Reads what the products of a list are now, and gives what shows an entry of it.
pub(crate) async fn look_up<'a>(
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

/// Refuses a product that is not on sale.
pub(crate) async fn must_be_on_sale(store: &Store, product: ProductId) -> Result<(), Problem> {
    match store.products().on_sale(&[product]).await?.is_empty() {
        true => Err(Code::NotFound.into()),
        false => Ok(()),
    }
}
