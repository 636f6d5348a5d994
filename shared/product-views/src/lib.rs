//! Products in lists of answers.

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
    /// The id of the product.
    id: ProductId,
    /// The slug, which names it in addresses.
    slug: Slug,
    /// The name.
    title: Title,
    /// A short description of a sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    /// The shop that sells the product.
    shop: ShopLink,
    /// The regular price, without a sale or an offer.
    price: Money,
    /// The sale price, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_price: Option<Money>,
    /// The current offer. It is absent before its start and from its end on.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<OfferView>,
    /// The category.
    category: Slug,
    /// The subcategory.
    #[serde(skip_serializing_if = "Option::is_none")]
    subcategory: Option<Slug>,
    /// The brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<Brand>,
    /// The tags.
    tags: Tags,
    /// The main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
    /// The time of creation.
    created_at: Timestamp,
}

/// The shop that sells a product.
#[derive(Debug, Serialize, JsonSchema)]
struct ShopLink {
    /// The id of the shop.
    id: ShopId,
    /// The slug, which names it in addresses.
    slug: Slug,
    /// The name.
    name: ShopName,
}

/// An offer: a price for a limited time.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Offer")]
pub struct OfferView {
    /// The price of one piece.
    price: Money,
    /// The time from which the offer applies.
    starts_at: Timestamp,
    /// The time at which the offer ends. At this time the offer no longer applies.
    ends_at: Timestamp,
}

impl ProductView {
    /// Returns a product as it is at `now`.
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
