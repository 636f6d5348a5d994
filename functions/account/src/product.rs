//! Products as the shopper's lists ask for and show them.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{Money, ProductId, ShopName, Slug, Title};
use souk_store::{Store, products::Product};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, MediaUrl, PictureView, Problem};

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
    product: Option<SummaryView>,
}

/// What a list shows of a product.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProductSummary")]
struct SummaryView {
    /// Its place in addresses.
    slug: Slug,
    /// What it is called.
    title: Title,
    /// The price without a sale.
    price: Money,
    /// The price while a sale lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_price: Option<Money>,
    /// What the shop that sells it is called.
    shop_name: ShopName,
    /// The shop's place in addresses.
    shop_slug: Slug,
    /// Its main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
}

impl SummaryView {
    fn of(product: &Product, media: &MediaUrl) -> Self {
        Self {
            slug: product.slug.clone(),
            title: product.title.clone(),
            price: product.price,
            sale_price: product.sale_price,
            shop_name: product.shop_name.clone(),
            shop_slug: product.shop_slug.clone(),
            picture: product.picture.as_ref().map(|picture| media.view(picture)),
        }
    }
}

/// Reads what the products of a list are now, and gives what shows an entry of it.
pub(crate) async fn look_up<'a>(
    store: &Store,
    media: &'a MediaUrl,
    listed: &[(ProductId, Timestamp)],
) -> Result<impl Fn((ProductId, Timestamp)) -> ProductLine + use<'a>, Problem> {
    let ids: Vec<ProductId> = listed.iter().map(|&(id, _)| id).collect();
    let products = store.products().on_sale(&ids).await?;
    Ok(move |(id, at)| {
        let product = products.iter().find(|product| product.id == id);
        ProductLine { id, at, product: product.map(|product| SummaryView::of(product, media)) }
    })
}

/// Refuses a product that is not on sale.
pub(crate) async fn must_be_on_sale(store: &Store, product: ProductId) -> Result<(), Problem> {
    match store.products().on_sale(&[product]).await?.is_empty() {
        true => Err(Code::NotFound.into()),
        false => Ok(()),
    }
}
