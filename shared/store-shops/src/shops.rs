//! Shops: what they tell about themselves, and whether they are open.
//!
//! A shop is open unless its seller deleted it or is banned. Its products carry copies of its name, its slug and this
//! state, which a worker keeps up to date by the shop's version. The count of its followers is an item of its own,
//! which is in the list of top shops while the shop is open.

mod follower_count;
mod writes;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Not,
};

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    Description, Email, MediaId, Shipping, ShopId, ShopName, Slug, Stock, WebUrl,
    shop::{OpeningHours, ShopAddress, SocialLinks},
    tax::ShopTax,
};
use souk_store::{
    Entity, Page, Position, StoreError, Table,
    entity::{from_item, type_of},
    table::{Freshness, ListQuery},
    transaction::Condition,
};
use souk_store_media::media::Picture;

pub use self::{follower_count::FollowerCount, writes::Rule};
use crate::keys::{self, IndexKey, Key};

/// How long a deleted shop can be restored.
pub const RESTORABLE: SignedDuration = SignedDuration::from_hours(28 * 24);

/// A shop. It has the UUID of its seller: each seller has one shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// The shop's id.
    pub id: ShopId,
    /// The slug, which names it in URLs.
    pub slug: Slug,
    /// The name.
    pub name: ShopName,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<Description>,
    /// The category of most of its products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<ShopAddress>,
    /// The opening hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<OpeningHours>,
    /// Its own website.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<WebUrl>,
    /// Its pages on social networks.
    #[serde(default)]
    pub social: SocialLinks,
    /// The profile picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Picture>,
    /// The wide picture at the top of its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Picture>,
    /// The threshold: the seller is told when a SKU has this many pieces or fewer.
    #[serde(default = "default_low_stock")]
    pub low_stock: Stock,
    /// The terms on which it ships. Absent: everywhere, and for free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Shipping>,
    /// The tax that its prices include. Absent if it states none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<ShopTax>,
    /// Whether the seller is banned. It follows the standing with a delay.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub banned: bool,
    /// When the seller deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub deleted_at: Option<Timestamp>,
    /// Whether the purge has begun. A shop that is being purged cannot be restored.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub purging: bool,
    /// The version. Every write increments it. An item of the time before versions has 0.
    #[serde(default)]
    pub version: u64,
    /// When it opened.
    #[serde(with = "millis::required")]
    pub created_at: Timestamp,
}

fn default_low_stock() -> Stock {
    Stock::LOW
}

impl Shop {
    /// Returns a shop with a name and nothing else.
    pub fn new(id: ShopId, slug: Slug, name: ShopName, now: Timestamp) -> Self {
        Self {
            id,
            slug,
            name,
            bio: None,
            category: None,
            address: None,
            opening_hours: None,
            website: None,
            social: SocialLinks::default(),
            avatar: None,
            cover: None,
            low_stock: Stock::LOW,
            shipping: None,
            tax: None,
            banned: false,
            deleted_at: None,
            purging: false,
            version: 1,
            created_at: now,
        }
    }

    /// Returns the ids of the pictures that it shows.
    pub fn pictures(&self) -> Vec<MediaId> {
        [&self.avatar, &self.cover].into_iter().flatten().map(|picture| picture.id).collect()
    }

    /// Returns whether the public sees it.
    pub fn is_open(&self) -> bool {
        self.deleted_at.is_none() && !self.banned
    }

    /// Returns when a deleted shop is purged.
    pub fn purge_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at + RESTORABLE)
    }

    /// Requires the shop to be as it was read.
    pub fn as_read(&self) -> Condition {
        match self.version {
            0 => Condition::new("attribute_exists(pk) AND attribute_not_exists(version)"),
            version => Condition::at_version(version),
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
        Self { deleted_at: Some(now), ..self.next() }
    }

    /// Returns the next version, restored.
    #[must_use]
    pub fn restored(self) -> Self {
        Self { deleted_at: None, ..self.next() }
    }
}

impl Entity for Shop {
    const TYPE: &'static str = "shop";

    fn key(&self) -> Key {
        keys::shop(self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        match self.purge_at() {
            Some(purge_at) => Some(keys::among_deleted_shops(purge_at, self.id)),
            None => (!self.banned).then(|| keys::among_shops(self.created_at, self.id)),
        }
    }

    fn index3(&self) -> Option<IndexKey> {
        self.category.as_ref().map(|category| keys::among_shops_in(category, self.id))
    }
}

/// The claim of a shop on its slug. The slug is taken while the item exists.
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

/// The record that the seller of a deleted shop may not register again. It stays when the shop is purged and the
/// account is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// The seller's address.
    pub email: Email,
    /// The shop.
    pub shop: ShopId,
    /// Since when.
    #[serde(with = "millis::required")]
    pub at: Timestamp,
}

impl Entity for Barred {
    const TYPE: &'static str = "barred";

    fn key(&self) -> Key {
        keys::barred_seller(&self.email)
    }
}

/// The record that a shop was purged, so that its seller opens no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedShop {
    /// The shop.
    pub shop: ShopId,
    /// Since when.
    #[serde(with = "millis::required")]
    pub at: Timestamp,
}

impl Entity for ClosedShop {
    const TYPE: &'static str = "closed_shop";

    fn key(&self) -> Key {
        keys::closed_shop(self.shop)
    }
}

/// A shop with the count of its followers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopWithFollowers {
    /// The shop.
    pub shop: Shop,
    /// The count of its followers.
    pub followers: FollowerCount,
}

/// The terms on which several shops sell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The terms of shipping. A shop that is not named ships everywhere, and for free.
    pub shipping: BTreeMap<ShopId, Shipping>,
    /// The tax that the prices include. A shop that is not named states none.
    pub tax: BTreeMap<ShopId, ShopTax>,
}

/// How many shops one list of overdue shops has.
const OVERDUE: u8 = 25;

/// Access to shops.
#[derive(Debug)]
pub struct Shops<'a> {
    table: &'a Table,
}

impl<'a> Shops<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns a shop, open or not, eventually consistent.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.table.get(keys::shop(id), Freshness::Eventual).await
    }

    /// Returns a shop, open or not, strongly consistent. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn current(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.table.get(keys::shop(id), Freshness::Strong).await
    }

    /// Returns a shop, open or not, with the count of its followers, strongly consistent. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn whole(&self, id: ShopId) -> Result<Option<ShopWithFollowers>, StoreError> {
        let (mut shop, mut followers) = (None, FollowerCount::none(id));
        for item in self.table.get_many(vec![keys::shop(id), keys::follower_count(id)]).await? {
            match type_of(&item) {
                Some(Shop::TYPE) => shop = Some(from_item(item)?),
                _ => followers = from_item(item)?,
            }
        }
        Ok(shop.map(|shop| ShopWithFollowers { shop, followers }))
    }

    /// Returns the shop, open or not, that has a slug. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn named(&self, slug: &Slug) -> Result<Option<ShopId>, StoreError> {
        let claim = self.table.get::<ShopSlug>(keys::shop_slug(slug), Freshness::Eventual).await?;
        Ok(claim.map(|claim| claim.shop))
    }

    /// Finds an open shop by its slug. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn by_slug(&self, slug: &Slug) -> Result<Option<ShopWithFollowers>, StoreError> {
        match self.table.get::<ShopSlug>(keys::shop_slug(slug), Freshness::Eventual).await? {
            Some(claim) => self.open_one(claim.shop).await,
            None => Ok(None),
        }
    }

    /// Returns an open shop. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn open_one(&self, id: ShopId) -> Result<Option<ShopWithFollowers>, StoreError> {
        Ok(self.whole(id).await?.filter(|whole| whole.shop.is_open()))
    }

    /// Returns the terms on which these shops sell, strongly consistent. One read for up to 100 shops.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn terms_of(&self, shops: impl IntoIterator<Item = ShopId>) -> Result<Terms, StoreError> {
        let wanted: BTreeSet<ShopId> = shops.into_iter().collect();
        let mut terms = Terms::default();
        for item in self.table.get_many(wanted.into_iter().map(keys::shop).collect()).await? {
            let Shop { id, shipping, tax, .. } = from_item(item)?;
            terms.shipping.extend(shipping.map(|shipping| (id, shipping)));
            terms.tax.extend(tax.map(|tax| (id, tax)));
        }
        Ok(terms)
    }

    /// Lists the open shops, newest first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn newest(&self, from: Option<Position>, limit: u8) -> Result<Page<Shop>, StoreError> {
        self.table.list(ListQuery::newest(keys::shops(), from, limit)).await
    }

    /// Lists the open shops, most followed first. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn top(&self, from: Option<Position>, limit: u8) -> Result<Page<ShopWithFollowers>, StoreError> {
        let page: Page<FollowerCount> = self.table.list(ListQuery::newest(keys::top_shops(), from, limit)).await?;
        let wanted = page.items.iter().map(|count| keys::shop(count.shop)).collect();
        let shops: Vec<Shop> =
            self.table.get_many(wanted).await?.into_iter().map(from_item).collect::<Result<_, _>>()?;
        let items = page.items.into_iter().filter_map(|followers| {
            let shop = shops.iter().find(|shop| shop.id == followers.shop && shop.is_open())?.clone();
            Some(ShopWithFollowers { shop, followers })
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// Lists shops whose time to be restored has passed, longest deleted first, at most 25.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<Shop>, StoreError> {
        let due = ListQuery::oldest_up_to(keys::deleted_shops(), keys::sortable(now), OVERDUE);
        Ok(self.table.list(due).await?.items)
    }
}
