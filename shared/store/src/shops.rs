//! Shops.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{Description, ShopId, ShopName, Slug};

use crate::{
    Entity, StoreError, Table, Transaction, WriteError,
    idempotency::Answer,
    keys::{self, Key},
    table::Freshness,
};

/// A shop. It carries its seller's UUID: one seller, one shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// Names the shop.
    pub id: ShopId,
    /// Its place in addresses.
    pub slug: Slug,
    /// What it is called.
    pub name: ShopName,
    /// What it says of itself.
    pub bio: Option<Description>,
    /// When it opened.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

impl Entity for Shop {
    const TYPE: &'static str = "shop";

    fn key(&self) -> Key {
        keys::shop(self.id)
    }
}

/// A slug's claim: that the item exists is what makes the slug taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ShopSlug {
    slug: Slug,
    shop: ShopId,
}

impl Entity for ShopSlug {
    const TYPE: &'static str = "shop_slug";

    fn key(&self) -> Key {
        keys::shop_slug(&self.slug)
    }
}

/// Why a shop was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The seller has a shop.
    HasShop,
    /// Another shop has the slug.
    SlugTaken,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
}

/// The shops in the table.
#[derive(Debug)]
pub struct Shops<'a> {
    table: &'a Table,
}

impl<'a> Shops<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// A shop.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.table.get(keys::shop(id), Freshness::Eventual).await
    }

    /// A shop by its slug. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn by_slug(&self, slug: &Slug) -> Result<Option<Shop>, StoreError> {
        match self.table.get::<ShopSlug>(keys::shop_slug(slug), Freshness::Eventual).await? {
            Some(claim) => self.get(claim.shop).await,
            None => Ok(None),
        }
    }

    /// Opens a shop.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn open(&self, shop: &Shop, answer: Option<&Answer>) -> Result<(), WriteError<Rule>> {
        let claim = ShopSlug { slug: shop.slug.clone(), shop: shop.id };
        let transaction = Transaction::new().create(shop, Rule::HasShop).create(&claim, Rule::SlugTaken);
        match answer {
            Some(answer) => transaction.create(answer, Rule::KeyUsed),
            None => transaction,
        }
        .commit(self.table)
        .await
    }
}
