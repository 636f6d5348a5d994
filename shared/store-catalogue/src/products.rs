//! Products and their SKUs.
//!
//! A product, its details and its SKUs share a partition, so a page about a product is one query. The product's own item
//! has what lists and the till need, and where the product is listed; its details have what only its page shows; a SKU
//! has what differs: its options, its own price if it has one, and its stock.
//!
//! Every write of a product counts up its version and insists on the version that was read. Of its shop it carries
//! copies, so that no list needs a second read: a write of the seller's takes them anew, a worker brings them up to date
//! where nobody writes.

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

/// For how long a deleted product can be had back.
pub const RESTORABLE: SignedDuration = SignedDuration::from_hours(24);

/// A product: what lists show of it and the till needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Names the product.
    pub id: ProductId,
    /// Who sells it.
    pub shop: ShopId,
    /// What the shop is called: a copy.
    pub shop_name: ShopName,
    /// The shop's place in addresses: a copy.
    pub shop_slug: Slug,
    /// Whether the shop is open: a copy.
    pub shop_open: bool,
    /// The shop's version that the copies are of.
    pub shop_version: u64,
    /// Its place in addresses.
    pub slug: Slug,
    /// What it is called.
    pub title: Title,
    /// It in a sentence or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// Its main picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// The price without a sale and an offer.
    pub price: Money,
    /// The price while a sale lasts, below `price`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_price: Option<Money>,
    /// The price inside a window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Its category.
    pub category: Slug,
    /// The part of its category that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcategory: Option<Slug>,
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// What people would filter by.
    pub tags: Tags,
    /// How far it is.
    pub status: Status,
    /// When its seller deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub deleted_at: Option<Timestamp>,
    /// Whether the purge has begun: then nobody has it back.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub purging: bool,
    /// The highest number that a SKU of it ever had.
    pub last_sku: u16,
    /// Counts the writes.
    pub version: u64,
    /// When it was created.
    #[serde(with = "millis::required")]
    pub created_at: Timestamp,
    /// When its seller wrote it last.
    #[serde(with = "millis::required")]
    pub updated_at: Timestamp,
}

/// The parts of a shop's products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// On sale, if the shop is open.
    #[default]
    Active,
    /// Complete and not on sale yet.
    Pending,
    /// Being written.
    Draft,
    /// To be purged.
    Deleted,
}

impl Tab {
    /// What it is called outside of the table.
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
    /// Whether it is on sale: everybody sees it, and it can be bought.
    pub fn is_listed(&self) -> bool {
        self.status == Status::Active && self.deleted_at.is_none() && self.shop_open
    }

    /// Whether it is this shop's, and can be had back if it is deleted.
    pub fn is_of(&self, shop: ShopId) -> bool {
        self.shop == shop && !self.purging
    }

    /// Where it stands among its shop's products.
    pub fn tab(&self) -> Tab {
        match self.status {
            _ if self.deleted_at.is_some() => Tab::Deleted,
            Status::Active => Tab::Active,
            Status::Pending => Tab::Pending,
            Status::Draft => Tab::Draft,
        }
    }

    /// When it is purged, if it was deleted.
    pub fn purge_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at + RESTORABLE)
    }

    /// What one costs of a SKU that has no price of its own.
    pub fn prices(&self) -> Prices {
        Prices { regular: self.price, sale: self.sale_price, offer: self.offer }
    }

    /// With the copies of its shop as the shop is.
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

    /// The next version.
    #[must_use]
    pub fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }

    /// The next version, deleted.
    #[must_use]
    pub fn deleted(self, now: Timestamp) -> Self {
        Self { deleted_at: Some(now), updated_at: now, ..self.next() }
    }

    /// The next version, not deleted.
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

/// What else there is to say of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Which product.
    pub product: ProductId,
    /// What the seller says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Html>,
    /// Its pictures, the main one first.
    pub pictures: Vec<Picture>,
    /// Where a film of it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_url: Option<VideoUrl>,
    /// What people would search for.
    pub keywords: Keywords,
    /// What the seller warrants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty: Option<Warranty>,
    /// Whether it may be paid when it is handed over.
    pub cash_on_delivery: bool,
    /// Facts.
    pub specifications: Specifications,
    /// Choices that are no SKUs of their own.
    pub properties: Properties,
    /// Questions that are often asked.
    pub faq: Questions,
}

impl Details {
    /// Those of a product of which there is no more to say.
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
    /// Names the SKU.
    pub id: SkuId,
    /// The seller's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<SkuCode>,
    /// Its colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// Its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Its own price; it takes no part in its product's sale and offer then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Pieces that nobody has bought or holds.
    pub available: Stock,
    /// Whether the seller was told that it runs low.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub low: bool,
    /// Whether its seller took it out. The item stays as long as its product: somebody may hold pieces of it, and its
    /// number is in orders.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub removed: bool,
}

impl Entity for Sku {
    const TYPE: &'static str = "sku";

    fn key(&self) -> Key {
        keys::sku(self.id)
    }
}

impl Sku {
    /// What one may cost.
    pub fn prices(&self, product: &Product) -> Prices {
        self.price.map_or_else(|| product.prices(), Prices::fixed)
    }

    /// What one costs now.
    pub fn price_at(&self, product: &Product, now: Timestamp) -> Money {
        self.prices(product).at(now)
    }

    /// What tells it from its product's other SKUs: `Blue / XL`. Nothing for the only one.
    pub fn options(&self) -> Option<String> {
        let options = [self.colour.as_ref().map(Colour::as_str), self.size.as_ref().map(Size::as_str)];
        let options: Vec<&str> = options.into_iter().flatten().collect();
        (!options.is_empty()).then(|| options.join(" / "))
    }
}

/// A slug's claim: that the item exists is what makes the slug taken.
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

/// A product with all there is to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The product.
    pub product: Product,
    /// What else there is to say of it.
    pub details: Details,
    /// Its SKUs by number, without those that were removed.
    pub skus: Vec<Sku>,
    /// How many pieces of it were sold.
    pub sold: u64,
}

/// The products in the table.
#[derive(Debug)]
pub struct Products<'a> {
    table: &'a Table,
}

impl<'a> Products<'a> {
    /// The products of a table: for contexts that build on this one.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }
}
