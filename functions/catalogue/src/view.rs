//! Products as they are answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{Description, Money, ProductId, ShopId, ShopName, SkuId, Slug, Stock, Title, catalogue::OptionValue};
use souk_store::products::{Product, Sku, Whole};
use souk_web::{JsonSchema, MediaUrl, PictureView};

/// A product in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Product")]
pub struct ProductView {
    /// Names the product.
    id: ProductId,
    /// Its place in addresses.
    slug: Slug,
    /// What it is called.
    title: Title,
    /// Who sells it.
    shop: ShopLink,
    /// The price without a sale.
    price: Money,
    /// The price while a sale lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_price: Option<Money>,
    /// Its main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
    /// When it came on sale.
    created_at: Timestamp,
}

/// The shop that sells a product.
#[derive(Debug, Serialize, JsonSchema)]
struct ShopLink {
    /// Names the shop.
    id: ShopId,
    /// Its place in addresses.
    slug: Slug,
    /// What it is called.
    name: ShopName,
}

/// A product with all there is to say of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProductDetails")]
pub struct DetailsView {
    /// What lists show, too.
    #[serde(flatten)]
    product: ProductView,
    /// What the seller says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    /// Its pictures, the main one first.
    pictures: Vec<PictureView>,
    /// Its variants.
    skus: Vec<SkuView>,
}

/// A variant of a product.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Sku")]
struct SkuView {
    /// What to put into a cart.
    id: SkuId,
    /// The seller's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<OptionValue>,
    /// Its colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<OptionValue>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<OptionValue>,
    /// What one costs now.
    price: Money,
    /// How many there are to buy now.
    available: Stock,
}

impl ProductView {
    pub(crate) fn of(product: &Product, media: &MediaUrl) -> Self {
        Self {
            id: product.id,
            slug: product.slug.clone(),
            title: product.title.clone(),
            shop: ShopLink { id: product.shop, slug: product.shop_slug.clone(), name: product.shop_name.clone() },
            price: product.price,
            sale_price: product.sale_price,
            picture: product.pictures.first().map(|picture| media.view(picture)),
            created_at: product.created_at,
        }
    }
}

impl DetailsView {
    pub(crate) fn of(whole: &Whole, media: &MediaUrl) -> Self {
        let Whole { product, skus } = whole;
        let sku = |sku: &Sku| SkuView {
            id: sku.id,
            code: sku.code.clone(),
            colour: sku.colour.clone(),
            size: sku.size.clone(),
            price: sku.price_now(product),
            available: sku.available,
        };
        Self {
            product: ProductView::of(product, media),
            description: product.description.clone(),
            pictures: product.pictures.iter().map(|picture| media.view(picture)).collect(),
            skus: skus.iter().map(sku).collect(),
        }
    }
}
