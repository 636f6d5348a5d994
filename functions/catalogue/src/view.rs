//! The representations of products in answers.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Html, Money, SkuId, Stock, StockChangeId,
    catalogue::{Colour, Size, SkuCode},
    product::{Keywords, Properties, Questions, Specifications, Status, StockDelta, StockReason, VideoUrl, Warranty},
};
pub(crate) use souk_product_views::{OfferView, ProductView};
use souk_store_catalogue::products::{Details, Product, ProductWithSkus, Sku, StockChange};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

/// A listed product with its details and variants.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProductDetails")]
pub struct ProductDetailsView {
    /// The fields that lists show, too.
    #[serde(flatten)]
    product: ProductView,
    /// The fields that only the product's page shows.
    #[serde(flatten)]
    more: PageFieldsView,
    /// The variants.
    skus: Vec<SkuView>,
}

/// The fields that only a product's page shows.
#[derive(Debug, Serialize, JsonSchema)]
struct PageFieldsView {
    /// The description. It is safe to insert into a page as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Html>,
    /// The pictures, the main picture first.
    pictures: Vec<PictureView>,
    /// The address of a video about the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    video_url: Option<VideoUrl>,
    /// What the seller guarantees.
    #[serde(skip_serializing_if = "Option::is_none")]
    warranty: Option<Warranty>,
    /// Whether the shopper may pay on delivery.
    cash_on_delivery: bool,
    /// Facts about the product, such as its material.
    specifications: Specifications,
    /// Options that are no variants of their own.
    properties: Properties,
    /// Frequently asked questions and their answers.
    faq: Questions,
}

/// A variant of a product.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Sku")]
struct SkuView {
    /// The id to put into a cart.
    id: SkuId,
    /// The seller's own code for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<SkuCode>,
    /// The colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<Colour>,
    /// The size.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
    /// The price of one piece now.
    price: Money,
    /// How many pieces can be bought now.
    available: Stock,
}

/// A product in a list of its seller.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnProduct")]
pub struct OwnProductView {
    /// The fields that the public sees once the product is listed.
    #[serde(flatten)]
    product: ProductView,
    /// The fields that only the seller sees.
    #[serde(flatten)]
    state: StateView,
}

/// A product with everything that its seller sees.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnProductDetails")]
pub struct OwnProductDetailsView {
    /// The fields that lists show, too.
    #[serde(flatten)]
    product: ProductView,
    /// The fields that only the product's page shows.
    #[serde(flatten)]
    more: PageFieldsView,
    /// The fields that only the seller sees.
    #[serde(flatten)]
    state: StateView,
    /// Words that shoppers may search for.
    keywords: Keywords,
    /// The offer that is set, also if it has not begun or has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_offer: Option<OfferView>,
    /// The variants.
    skus: Vec<OwnSkuView>,
    /// How many pieces were sold, of all variants together.
    sold: u64,
}

/// The state of a product, which only its seller sees.
#[derive(Debug, Serialize, JsonSchema)]
struct StateView {
    /// The number of writes so far. An edit names the version that the seller has read.
    version: u64,
    /// The status that the seller has set.
    status: Status,
    /// Whether the public sees the product now.
    listed: bool,
    /// When the seller deleted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    /// Until when the seller can restore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    restorable_until: Option<Timestamp>,
    /// When the seller changed it last.
    updated_at: Timestamp,
}

/// A variant with everything that its seller sees.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnSku")]
struct OwnSkuView {
    /// The fields that the public sees.
    #[serde(flatten)]
    sku: SkuView,
    /// The variant's own price. With one, the sale price and the offer of the product do not apply to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_price: Option<Money>,
    /// How many pieces open checkouts hold: they are not available, and not sold yet. Pieces that were just paid count
    /// for a moment longer.
    held: u32,
    /// Whether the stock is low.
    low: bool,
}

impl ProductDetailsView {
    pub(crate) fn of(whole: &ProductWithSkus, media: &MediaUrl, now: Timestamp) -> Self {
        let ProductWithSkus { product, details, skus, sold: _ } = whole;
        Self {
            product: ProductView::of(product, media, now),
            more: PageFieldsView::of(details, media),
            skus: skus.iter().map(|sku| SkuView::of(sku, product, now)).collect(),
        }
    }
}

impl PageFieldsView {
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

impl OwnProductDetailsView {
    pub(crate) fn of(whole: &ProductWithSkus, media: &MediaUrl, now: Timestamp) -> Self {
        let ProductWithSkus { product, details, skus, sold } = whole;
        let own = |sku: &Sku| OwnSkuView {
            sku: SkuView::of(sku, product, now),
            own_price: sku.price,
            held: sku.held,
            low: sku.low,
        };
        Self {
            product: ProductView::of(product, media, now),
            more: PageFieldsView::of(details, media),
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

/// A change of a variant's stock by its seller, or the stock that the variant began with.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StockChange")]
pub struct StockChangeView {
    /// The id of the change.
    id: StockChangeId,
    /// The variant.
    sku: SkuId,
    /// How many pieces were added; negative for pieces removed.
    delta: StockDelta,
    /// The reason that the seller gave. Absent for the stock that the variant began with.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<StockReason>,
    /// When it was made.
    at: Timestamp,
}

impl From<&StockChange> for StockChangeView {
    fn from(&StockChange { id, sku, delta, reason, at }: &StockChange) -> Self {
        Self { id, sku, delta, reason, at }
    }
}
