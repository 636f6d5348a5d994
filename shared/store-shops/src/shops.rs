//! Shops: what they say of themselves, and whether they are open.
//!
//! A shop is open unless its seller deleted it or is banned. Its products carry copies of its name, its slug and of this,
//! which a worker keeps up to date by the shop's version. How many follow it is an item of its own, which is in the list
//! of top shops while the shop is open.

mod follower_count;
mod writes;

use std::ops::Not;

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{
    Description, Email, MediaId, ShopId, ShopName, Slug, Stock, WebUrl,
    shop::{OpeningHours, ShopAddress, SocialLinks},
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

/// For how long a deleted shop can be had back.
pub const RESTORABLE: SignedDuration = SignedDuration::from_hours(28 * 24);

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<Description>,
    /// The category of most of what it sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<ShopAddress>,
    /// When it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<OpeningHours>,
    /// Its page elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<WebUrl>,
    /// Where else it is found.
    #[serde(default)]
    pub social: SocialLinks,
    /// Its sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Picture>,
    /// The wide picture on top of its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Picture>,
    /// With so many pieces left or fewer, the seller is told that a SKU runs low.
    #[serde(default = "default_low_stock")]
    pub low_stock: Stock,
    /// Whether the seller is banned, as far as it was noticed.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub banned: bool,
    /// When its seller deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis::optional")]
    pub deleted_at: Option<Timestamp>,
    /// Whether the purge has begun: then nobody has it back.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub purging: bool,
    /// Counts the writes. What was stored before there were versions has 0.
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
    /// A shop of which nothing is said yet but its name.
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
            banned: false,
            deleted_at: None,
            purging: false,
            version: 1,
            created_at: now,
        }
    }

    /// The names of the pictures that it shows.
    pub fn pictures(&self) -> Vec<MediaId> {
        [&self.avatar, &self.cover].into_iter().flatten().map(|picture| picture.id).collect()
    }

    /// Whether the public sees it.
    pub fn is_open(&self) -> bool {
        self.deleted_at.is_none() && !self.banned
    }

    /// When it is purged, if it was deleted.
    pub fn purge_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at + RESTORABLE)
    }

    /// That nobody wrote it since it was read.
    pub fn as_read(&self) -> Condition {
        match self.version {
            0 => Condition::new("attribute_exists(pk) AND attribute_not_exists(version)"),
            version => Condition::at_version(version),
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
        Self { deleted_at: Some(now), ..self.next() }
    }

    /// The next version, not deleted.
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

/// That the seller of a deleted shop may not register again. It stays when the shop is purged and the account is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// The seller's address.
    pub email: Email,
    /// Which shop.
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

/// That a shop was closed for good, so that its seller opens no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedShop {
    /// Which.
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

/// A shop with how many follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The shop.
    pub shop: Shop,
    /// Its followers.
    pub followers: FollowerCount,
}

/// How many shops a list of those to be purged has.
const OVERDUE: u8 = 25;

/// The shops in the table.
#[derive(Debug)]
pub struct Shops<'a> {
    table: &'a Table,
}

impl<'a> Shops<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// A shop, open or not.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.table.get(keys::shop(id), Freshness::Eventual).await
    }

    /// A shop, open or not, as it is now. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn current(&self, id: ShopId) -> Result<Option<Shop>, StoreError> {
        self.table.get(keys::shop(id), Freshness::Strong).await
    }

    /// A shop, open or not, with its followers, as they are now. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn whole(&self, id: ShopId) -> Result<Option<Whole>, StoreError> {
        let (mut shop, mut followers) = (None, FollowerCount::none(id));
        for item in self.table.get_many(vec![keys::shop(id), keys::follower_count(id)]).await? {
            match type_of(&item) {
                Some(Shop::TYPE) => shop = Some(from_item(item)?),
                _ => followers = from_item(item)?,
            }
        }
        Ok(shop.map(|shop| Whole { shop, followers }))
    }

    /// Which shop, open or not, a slug is the place of. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn named(&self, slug: &Slug) -> Result<Option<ShopId>, StoreError> {
        let claim = self.table.get::<ShopSlug>(keys::shop_slug(slug), Freshness::Eventual).await?;
        Ok(claim.map(|claim| claim.shop))
    }

    /// An open shop by its slug. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn by_slug(&self, slug: &Slug) -> Result<Option<Whole>, StoreError> {
        match self.table.get::<ShopSlug>(keys::shop_slug(slug), Freshness::Eventual).await? {
            Some(claim) => self.open_one(claim.shop).await,
            None => Ok(None),
        }
    }

    /// A shop that is open. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn open_one(&self, id: ShopId) -> Result<Option<Whole>, StoreError> {
        Ok(self.whole(id).await?.filter(|whole| whole.shop.is_open()))
    }

    /// The open shops, the newest first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn newest(&self, from: Option<Position>, limit: u8) -> Result<Page<Shop>, StoreError> {
        self.table.list(ListQuery::newest(keys::shops(), from, limit)).await
    }

    /// The open shops, the most followed first. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn top(&self, from: Option<Position>, limit: u8) -> Result<Page<Whole>, StoreError> {
        let page: Page<FollowerCount> = self.table.list(ListQuery::newest(keys::top_shops(), from, limit)).await?;
        let wanted = page.items.iter().map(|count| keys::shop(count.shop)).collect();
        let shops: Vec<Shop> =
            self.table.get_many(wanted).await?.into_iter().map(from_item).collect::<Result<_, _>>()?;
        let items = page.items.into_iter().filter_map(|followers| {
            let shop = shops.iter().find(|shop| shop.id == followers.shop && shop.is_open())?.clone();
            Some(Whole { shop, followers })
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// Shops that were deleted so long ago that nobody can have them back, the longest ago first, at most 25.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<Shop>, StoreError> {
        let due = ListQuery::oldest_up_to(keys::deleted_shops(), keys::sortable(now), OVERDUE);
        Ok(self.table.list(due).await?.items)
    }
}
