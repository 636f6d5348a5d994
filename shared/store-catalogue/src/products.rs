//! Products and their SKUs.
//!
//! A product, its details and its SKUs share a partition, so a page about a product is one query. The product's own
//! item holds what lists and checkouts need, and its positions in lists. Its details hold what only its page shows. A
//! SKU holds what differs between variants: the options, a price of its own if it has one, and the stock.
//!
//! Every write of a product increments its version and requires the version that was read. A product carries copies of
//! its shop's name, slug and state, so that no list needs a second read. A seller's write takes the newest copies, and
//! a worker updates the copies of the other products.

mod low_stock;
mod offers;
mod purge;
mod reads;
mod sales;
mod shop_copies;
mod stock;
mod writes;

use std::ops::Not;

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    Html, Money, ProductId, ShopId, ShopName, SkuId, Slug, Stock, Title,
    catalogue::{Colour, Size, SkuCode},
    pricing::{Offer, Prices},
    product::{Brand, Keywords, Properties, Questions, Specifications, Status, Summary, Tags, VideoUrl, Warranty},
};
use souk_store::{Entity, Table};
use souk_store_media::media::Picture;
use souk_store_shops::shops::Shop;

use self::writes::replaced;
pub use self::{
    sales::Sales,
    stock::{StockChange, StockRule},
    writes::{OfferPointer, Rule, SkuEdits},
};
use crate::keys::{self, IndexKey, Key};

/// How long a deleted product can be restored.
pub const RESTORABLE: SignedDuration = SignedDuration::from_hours(24);

/// A product: what lists show of it and what a checkout needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The product's id.
    pub id: ProductId,
    /// The shop that sells it.
    pub shop: ShopId,
    /// The shop's name. A copy.
    pub shop_name: ShopName,
    /// The shop's slug. A copy.
    pub shop_slug: Slug,
    /// Whether the shop is open. A copy.
    pub shop_open: bool,
    /// The shop's version at the time of the copies.
    pub shop_version: u64,
    /// The slug, which names it in URLs.
    pub slug: Slug,
    /// The title.
    pub title: Title,
    /// A summary of one or two sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// The main picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// The regular price, without sale and offer.
    pub price: Money,
    /// The sale price, below `price`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_price: Option<Money>,
    /// The offer: a price within a window of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// The category.
    pub category: Slug,
    /// The subcategory of its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcategory: Option<Slug>,
    /// The brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// Tags, by which shoppers filter.
    pub tags: Tags,
    /// The status: draft, pending or active.
    pub status: Status,
    /// When the seller deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub deleted_at: Option<Timestamp>,
    /// Whether the purge has begun. A product that is being purged cannot be restored.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub purging: bool,
    /// The highest SKU number that the product ever used.
    pub last_sku: u16,
    /// The version. Every write increments it.
    pub version: u64,
    /// When it was created.
    #[serde(with = "millis::required")]
    pub created_at: Timestamp,
    /// When the seller last wrote it.
    #[serde(with = "millis::required")]
    pub updated_at: Timestamp,
}

/// The tabs of a shop's list of products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// On sale, if the shop is open.
    #[default]
    Active,
    /// Complete, but not on sale yet.
    Pending,
    /// Still being written.
    Draft,
    /// Deleted, and waiting for the purge.
    Deleted,
}

impl Tab {
    /// Returns the tab's name outside of the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Draft => "draft",
            Self::Deleted => "deleted",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE#",
            Self::Pending => "PENDING#",
            Self::Draft => "DRAFT#",
            Self::Deleted => "DELETED#",
        }
    }
}

const LISTED: &str = "LISTED#";
const HIDDEN: &str = "HIDDEN#";

impl Product {
    /// Returns whether the product is on sale: everybody sees it and can buy it.
    pub fn is_listed(&self) -> bool {
        self.status == Status::Active && self.deleted_at.is_none() && self.shop_open
    }

    /// Returns whether the product is this shop's and, if it is deleted, can be restored.
    pub fn is_of(&self, shop: ShopId) -> bool {
        self.shop == shop && !self.purging
    }

    /// Returns the tab in which its shop's list shows it.
    pub fn tab(&self) -> Tab {
        match self.status {
            _ if self.deleted_at.is_some() => Tab::Deleted,
            Status::Active => Tab::Active,
            Status::Pending => Tab::Pending,
            Status::Draft => Tab::Draft,
        }
    }

    /// Returns when a deleted product is purged.
    pub fn purge_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at + RESTORABLE)
    }

    /// Returns the prices of a SKU that has no price of its own.
    pub fn prices(&self) -> Prices {
        Prices { regular: self.price, sale: self.sale_price, offer: self.offer }
    }

    /// Copies name, slug, state and version of its shop.
    #[must_use]
    pub fn in_shop(self, shop: &Shop) -> Self {
        Self {
            shop: shop.id,
            shop_name: shop.name.clone(),
            shop_slug: shop.slug.clone(),
            shop_open: shop.is_open(),
            shop_version: shop.version,
            ..self
        }
    }

    /// Returns the next version.
    #[must_use]
    pub fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }

    /// Returns the next version, deleted.
    #[must_use]
    pub fn deleted(self, now: Timestamp) -> Self {
        Self { deleted_at: Some(now), updated_at: now, ..self.next() }
    }

    /// Returns the next version, restored.
    #[must_use]
    pub fn restored(self, now: Timestamp) -> Self {
        Self { deleted_at: None, updated_at: now, ..self.next() }
    }
}

impl Entity for Product {
    const TYPE: &'static str = "product";

    fn key(&self) -> Key {
        keys::product(self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        match self.purge_at() {
            Some(purge_at) => Some(keys::in_trash(purge_at, self.id)),
            None => self.is_listed().then(|| keys::in_catalogue(self.id)),
        }
    }

    fn index2(&self) -> Option<IndexKey> {
        Some(keys::among_products_of(self.shop, self.tab().prefix(), self.id))
    }

    fn index3(&self) -> Option<IndexKey> {
        let part = if self.is_listed() { LISTED } else { HIDDEN };
        Some(keys::among_products_in(&self.category, part, self.id))
    }
}

/// The details of a product, which only its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The product.
    pub product: ProductId,
    /// The seller's description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Html>,
    /// The pictures, the main one first.
    pub pictures: Vec<Picture>,
    /// The URL of a video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_url: Option<VideoUrl>,
    /// Words that shoppers search for.
    pub keywords: Keywords,
    /// The seller's warranty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty: Option<Warranty>,
    /// Whether the product may be paid in cash on delivery.
    pub cash_on_delivery: bool,
    /// Specifications.
    pub specifications: Specifications,
    /// Choices that do not make SKUs of their own.
    pub properties: Properties,
    /// Frequently asked questions.
    pub faq: Questions,
}

impl Details {
    /// Returns the details of a product without any.
    pub fn none(product: ProductId) -> Self {
        Self {
            product,
            description: None,
            pictures: Vec::new(),
            video_url: None,
            keywords: Keywords::default(),
            warranty: None,
            cash_on_delivery: false,
            specifications: Specifications::default(),
            properties: Properties::default(),
            faq: Questions::default(),
        }
    }
}

impl Entity for Details {
    const TYPE: &'static str = "product_details";

    fn key(&self) -> Key {
        keys::product_details(self.product)
    }
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sku {
    /// The SKU's id.
    pub id: SkuId,
    /// The seller's own code for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<SkuCode>,
    /// The colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// The size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// A price of its own. The product's sale and offer do not apply to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Pieces that are neither sold nor held.
    pub available: Stock,
    /// Pieces that open payment sessions hold, and pieces of orders that are not counted yet, which happens a moment after
    /// the payment.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: u32,
    /// Whether the seller was told that the SKU runs low.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub low: bool,
    /// Whether the seller removed it. The item stays as long as its product, because payment sessions may hold pieces
    /// of it and orders contain its number.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub removed: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Entity for Sku {
    const TYPE: &'static str = "sku";

    fn key(&self) -> Key {
        keys::sku(self.id)
    }
}

impl Sku {
    /// Returns the prices of one piece.
    pub fn prices(&self, product: &Product) -> Prices {
        self.price.map_or_else(|| product.prices(), Prices::fixed)
    }

    /// Returns the price of one piece at a time.
    pub fn price_at(&self, product: &Product, now: Timestamp) -> Money {
        self.prices(product).at(now)
    }

    /// Returns what tells the SKU from its product's other SKUs, such as `Blue / XL`. Returns `None` for the only SKU.
    pub fn options(&self) -> Option<String> {
        let options = [self.colour.as_ref().map(Colour::as_str), self.size.as_ref().map(Size::as_str)];
        let options: Vec<&str> = options.into_iter().flatten().collect();
        (!options.is_empty()).then(|| options.join(" / "))
    }
}

/// The claim of a product on its slug. The slug is taken while the item exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ProductSlug {
    slug: Slug,
    product: ProductId,
}

impl Entity for ProductSlug {
    const TYPE: &'static str = "product_slug";

    fn key(&self) -> Key {
        keys::product_slug(&self.slug)
    }
}

/// A product with its details and its SKUs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductWithSkus {
    /// The product.
    pub product: Product,
    /// The details.
    pub details: Details,
    /// The SKUs by number, without removed ones.
    pub skus: Vec<Sku>,
    /// How many pieces were sold.
    pub sold: u64,
}

/// Access to products.
#[derive(Debug)]
pub struct Products<'a> {
    table: &'a Table,
}

impl<'a> Products<'a> {
    /// Creates the access to a table's products.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }
}
