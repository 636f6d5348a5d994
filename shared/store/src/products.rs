//! Products and their SKUs.
//!
//! A product and its SKUs share a partition, so a page about a product is one query. Prices, title and pictures live on
//! the product; a SKU holds what differs: its options, its own price if it has one, and its stock.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{Description, Money, ProductId, ShopId, ShopName, SkuId, Slug, Stock, Title, catalogue::OptionValue};

use crate::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    entity::{Item, from_item},
    idempotency::Answer,
    keys::{self, IndexKey, Key},
    media::Picture,
    table::{Freshness, ListQuery},
};

/// A product on sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Names the product.
    pub id: ProductId,
    /// Who sells it.
    pub shop: ShopId,
    /// What the shop is called, copied so that a list needs no second read.
    pub shop_name: ShopName,
    /// The shop's place in addresses.
    pub shop_slug: Slug,
    /// Its place in addresses.
    pub slug: Slug,
    /// What it is called.
    pub title: Title,
    /// What the seller says of it.
    pub description: Option<Description>,
    /// Its pictures, the main one first.
    pub pictures: Vec<Picture>,
    /// The price without a sale.
    pub price: Money,
    /// The price while a sale lasts, below `price`.
    pub sale_price: Option<Money>,
    /// When it came on sale.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

impl Entity for Product {
    const TYPE: &'static str = "product";

    fn key(&self) -> Key {
        keys::product(self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::in_catalogue(self.id))
    }
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sku {
    /// Names the SKU.
    pub id: SkuId,
    /// The seller's own name for it.
    pub code: Option<OptionValue>,
    /// Its colour.
    pub colour: Option<OptionValue>,
    /// Its size.
    pub size: Option<OptionValue>,
    /// Its own price instead of the product's regular and sale price.
    pub price: Option<Money>,
    /// Pieces that nobody has bought or holds.
    pub available: Stock,
}

impl Entity for Sku {
    const TYPE: &'static str = "sku";

    fn key(&self) -> Key {
        keys::sku(self.id)
    }
}

impl Sku {
    /// The price without a sale: its own, or else its product's.
    pub fn regular_price(&self, product: &Product) -> Money {
        self.price.unwrap_or(product.price)
    }

    /// The price while a sale lasts. A SKU with a price of its own takes no part in its product's sale.
    pub fn sale_price(&self, product: &Product) -> Option<Money> {
        product.sale_price.filter(|_| self.price.is_none())
    }

    /// What one costs now.
    pub fn price_now(&self, product: &Product) -> Money {
        self.sale_price(product).unwrap_or_else(|| self.regular_price(product))
    }

    /// What tells it from its product's other SKUs: `Blue / XL`. Nothing for the only one.
    pub fn options(&self) -> Option<String> {
        let options: Vec<&str> = [&self.colour, &self.size].into_iter().flatten().map(OptionValue::as_str).collect();
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

/// A product with its SKUs, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The product.
    pub product: Product,
    /// Its SKUs.
    pub skus: Vec<Sku>,
}

/// Why a product was not created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Another product has the slug.
    SlugTaken,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

/// The products in the table.
#[derive(Debug)]
pub struct Products<'a> {
    table: &'a Table,
}

impl<'a> Products<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// A product with its SKUs, by its slug. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn by_slug(&self, slug: &Slug) -> Result<Option<Whole>, StoreError> {
        match self.table.get::<ProductSlug>(keys::product_slug(slug), Freshness::Eventual).await? {
            Some(claim) => self.whole(claim.product).await,
            None => Ok(None),
        }
    }

    /// A product with its SKUs.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn whole(&self, id: ProductId) -> Result<Option<Whole>, StoreError> {
        let mut product = None;
        let mut skus = Vec::new();
        for item in self.table.partition(keys::product_partition(id)).await? {
            match type_of(&item) {
                Some(Product::TYPE) => product = Some(from_item(item)?),
                Some(Sku::TYPE) => skus.push(from_item(item)?),
                _ => {}
            }
        }
        Ok(product.map(|product| Whole { product, skus }))
    }

    /// Those of these SKUs that exist, with their products, as they are now. One read for up to 50 SKUs.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn for_sale(&self, ids: &[SkuId]) -> Result<Vec<(Product, Sku)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut wanted: Vec<Key> = ids.iter().map(|&id| keys::sku(id)).collect();
        for id in ids {
            let key = keys::product(id.product);
            // BatchGetItem refuses a key that is named twice.
            if !wanted.contains(&key) {
                wanted.push(key);
            }
        }
        let mut products: Vec<Product> = Vec::new();
        let mut skus: Vec<Sku> = Vec::new();
        for chunk in wanted.chunks(100) {
            for item in self.table.get_many(chunk.to_vec()).await? {
                match type_of(&item) {
                    Some(Product::TYPE) => products.push(from_item(item)?),
                    Some(Sku::TYPE) => skus.push(from_item(item)?),
                    _ => {}
                }
            }
        }
        Ok(skus
            .into_iter()
            .filter_map(|sku| {
                let product = products.iter().find(|product| product.id == sku.id.product)?;
                Some((product.clone(), sku))
            })
            .collect())
    }

    /// Those of these products that are on sale, as they are now, in no particular order. One read for up to 100, each
    /// named once.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn on_sale(&self, ids: &[ProductId]) -> Result<Vec<Product>, StoreError> {
        let found = self.table.get_many(ids.iter().map(|&id| keys::product(id)).collect()).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The newest products first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn newest(&self, from: Option<Position>, limit: u8) -> Result<Page<Product>, StoreError> {
        self.table.list(ListQuery::newest(keys::catalogue(), from, limit)).await
    }

    /// Puts a product on sale.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn create(&self, whole: &Whole, answer: Option<&Answer>) -> Result<(), WriteError<Rule>> {
        let Whole { product, skus } = whole;
        let claim = ProductSlug { slug: product.slug.clone(), product: product.id };
        let mut transaction = Transaction::new().create(&claim, Rule::SlugTaken).put(product);
        for sku in skus {
            transaction = transaction.put(sku);
        }
        if let Some(answer) = answer {
            transaction = transaction.create(answer, Rule::KeyUsed);
        }
        transaction.commit(self.table).await
    }
}

fn type_of(item: &Item) -> Option<&str> {
    item.get("type").and_then(|value| value.as_s().ok()).map(String::as_str)
}
