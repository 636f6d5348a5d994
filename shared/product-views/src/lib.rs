//! How products are answered in lists.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::{
    Money, ProductId, ShopId, ShopName, Slug, Title,
    pricing::Offer,
    product::{Brand, Summary, Tags},
};
use souk_store_catalogue::products::Product;
use souk_views::{MediaUrl, PictureView};

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
    /// It in a sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    /// Who sells it.
    shop: ShopLink,
    /// The price without a sale and an offer.
    price: Money,
    /// The price while a sale lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_price: Option<Money>,
    /// The price for a while, if that while has begun and not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<OfferView>,
    /// Its category.
    category: Slug,
    /// The part of its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    subcategory: Option<Slug>,
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<Brand>,
    /// What to filter by.
    tags: Tags,
    /// Its main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
    /// When it was created.
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

/// A price for a while.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Offer")]
pub struct OfferView {
    /// What one costs.
    price: Money,
    /// From when on.
    starts_at: Timestamp,
    /// Until when; at that moment it costs what it does without the offer.
    ends_at: Timestamp,
}

impl ProductView {
    /// A product as it is now.
    pub fn of(product: &Product, media: &MediaUrl, now: Timestamp) -> Self {
        Self {
            id: product.id,
            slug: product.slug.clone(),
            title: product.title.clone(),
            summary: product.summary.clone(),
            shop: ShopLink { id: product.shop, slug: product.shop_slug.clone(), name: product.shop_name.clone() },
            price: product.price,
            sale_price: product.sale_price,
            offer: product.offer.filter(|offer| offer.runs_at(now)).map(OfferView::from),
            category: product.category.clone(),
            subcategory: product.subcategory.clone(),
            brand: product.brand.clone(),
            tags: product.tags.clone(),
            picture: product.picture.as_ref().map(|picture| media.view(picture)),
            created_at: product.created_at,
        }
    }
}

impl From<Offer> for OfferView {
    fn from(Offer { price, starts_at, ends_at }: Offer) -> Self {
        Self { price, starts_at, ends_at }
    }
}
