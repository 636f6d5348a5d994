//! Products as they are answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Html, Money, SkuId, Stock, StockChangeId,
    catalogue::{Colour, Size, SkuCode},
    product::{Keywords, Properties, Questions, Specifications, Status, StockDelta, StockReason, VideoUrl, Warranty},
};
use souk_store_catalogue::products::{Details, Product, Sku, StockChange, Whole};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;
pub(crate) use souk_product_views::{OfferView, ProductView};

/// A product with all there is to say of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProductDetails")]
pub struct DetailsView {
    /// What lists show, too.
    #[serde(flatten)]
    product: ProductView,
    /// What its page shows beside that.
    #[serde(flatten)]
    more: MoreView,
    /// Its variants.
    skus: Vec<SkuView>,
}

/// What a product's page shows beside what lists do.
#[derive(Debug, Serialize, JsonSchema)]
struct MoreView {
    /// What the seller says of it. Safe to put into a page as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Html>,
    /// Its pictures, the main one first.
    pictures: Vec<PictureView>,
    /// Where a film of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    video_url: Option<VideoUrl>,
    /// What the seller warrants.
    #[serde(skip_serializing_if = "Option::is_none")]
    warranty: Option<Warranty>,
    /// Whether it may be paid when it is handed over.
    cash_on_delivery: bool,
    /// Facts.
    specifications: Specifications,
    /// Choices that are no variants of their own.
    properties: Properties,
    /// Questions that are often asked.
    faq: Questions,
}

/// A variant of a product.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Sku")]
struct SkuView {
    /// What to put into a cart.
    id: SkuId,
    /// The seller's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<SkuCode>,
    /// Its colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<Colour>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
    /// What one costs now.
    price: Money,
    /// How many there are to buy now.
    available: Stock,
}

/// A product in a list of its seller's.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnProduct")]
pub struct OwnProductView {
    /// What everybody sees, or would see.
    #[serde(flatten)]
    product: ProductView,
    /// What only the seller sees.
    #[serde(flatten)]
    state: StateView,
}

/// A product of its seller's with all there is to it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnProductDetails")]
pub struct OwnDetailsView {
    /// What lists show, too.
    #[serde(flatten)]
    product: ProductView,
    /// What its page shows beside that.
    #[serde(flatten)]
    more: MoreView,
    /// What only the seller sees.
    #[serde(flatten)]
    state: StateView,
    /// What people would search for.
    keywords: Keywords,
    /// The price for a while, also one that is yet to begin or has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_offer: Option<OfferView>,
    /// Its variants.
    skus: Vec<OwnSkuView>,
    /// How many pieces of it were sold, of all variants.
    sold: u64,
}

/// What only the seller sees of a product.
#[derive(Debug, Serialize, JsonSchema)]
struct StateView {
    /// Counts the writes: an edit names the version that the seller saw.
    version: u64,
    /// How far it is.
    status: Status,
    /// Whether everybody sees it now.
    listed: bool,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    /// Until when it can be had back.
    #[serde(skip_serializing_if = "Option::is_none")]
    restorable_until: Option<Timestamp>,
    /// When the seller wrote it last.
    updated_at: Timestamp,
}

/// A variant of a product of the seller's.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnSku")]
struct OwnSkuView {
    /// What everybody sees.
    #[serde(flatten)]
    sku: SkuView,
    /// Its own price, if it has one: it takes no part in a sale and in an offer then.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_price: Option<Money>,
    /// Whether it runs low.
    low: bool,
}

impl DetailsView {
    pub(crate) fn of(whole: &Whole, media: &MediaUrl, now: Timestamp) -> Self {
        let Whole { product, details, skus, sold: _ } = whole;
        Self {
            product: ProductView::of(product, media, now),
            more: MoreView::of(details, media),
            skus: skus.iter().map(|sku| SkuView::of(sku, product, now)).collect(),
        }
    }
}

impl MoreView {
    fn of(details: &Details, media: &MediaUrl) -> Self {
        Self {
            description: details.description.clone(),
            pictures: details.pictures.iter().map(|picture| media.view(picture)).collect(),
            video_url: details.video_url.clone(),
            warranty: details.warranty.clone(),
            cash_on_delivery: details.cash_on_delivery,
            specifications: details.specifications.clone(),
            properties: details.properties.clone(),
            faq: details.faq.clone(),
        }
    }
}

impl SkuView {
    fn of(sku: &Sku, product: &Product, now: Timestamp) -> Self {
        Self {
            id: sku.id,
            code: sku.code.clone(),
            colour: sku.colour.clone(),
            size: sku.size.clone(),
            price: sku.price_at(product, now),
            available: sku.available,
        }
    }
}

impl OwnProductView {
    pub(crate) fn of(product: &Product, media: &MediaUrl, now: Timestamp) -> Self {
        Self { product: ProductView::of(product, media, now), state: StateView::of(product) }
    }
}

impl OwnDetailsView {
    pub(crate) fn of(whole: &Whole, media: &MediaUrl, now: Timestamp) -> Self {
        let Whole { product, details, skus, sold } = whole;
        let own = |sku: &Sku| OwnSkuView { sku: SkuView::of(sku, product, now), own_price: sku.price, low: sku.low };
        Self {
            product: ProductView::of(product, media, now),
            more: MoreView::of(details, media),
            state: StateView::of(product),
            keywords: details.keywords.clone(),
            planned_offer: product.offer.map(OfferView::from),
            skus: skus.iter().map(own).collect(),
            sold: *sold,
        }
    }
}

impl StateView {
    fn of(product: &Product) -> Self {
        Self {
            version: product.version,
            status: product.status,
            listed: product.is_listed(),
            deleted_at: product.deleted_at,
            restorable_until: product.purge_at(),
            updated_at: product.updated_at,
        }
    }
}

/// A change of a variant's stock.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StockChange")]
pub struct StockChangeView {
    /// Names the change.
    id: StockChangeId,
    /// Of what.
    sku: SkuId,
    /// By how many.
    delta: StockDelta,
    /// Why.
    reason: StockReason,
    /// When.
    at: Timestamp,
}

impl From<&StockChange> for StockChangeView {
    fn from(&StockChange { id, sku, delta, reason, at }: &StockChange) -> Self {
        Self { id, sku, delta, reason, at }
    }
}
