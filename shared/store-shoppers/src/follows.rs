//! Who follows which shop.
//!
//! A follow is two items, one in the shopper's list and one in the shop's, and counts in a third. All three are written
//! in one transaction whose conditions are the first and the count that was read, so the count is always the number of
//! followers, and its place among the top shops is always that of the count.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{ShopId, UserId};
use souk_store::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    entity::{from_item, type_of},
    table::{Freshness, ListQuery},
    transaction::{Condition, Tries},
};
use souk_store_identity::accounts::User;
use souk_store_shops::shops::{FollowerCount, Shop};

use crate::keys::{self, IndexKey, Key};

/// A shop in the list of those that a shopper follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Who follows.
    pub user: UserId,
    /// Which shop.
    pub shop: ShopId,
    /// Since when.
    #[serde(with = "millis")]
    pub at: Timestamp,
}

impl Entity for Follow {
    const TYPE: &'static str = "follow";

    fn key(&self) -> Key {
        keys::follow(self.user, self.shop)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_follows_of(self.user, self.at, self.shop))
    }
}

/// A shopper in the list of those who follow a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// Which shop.
    pub shop: ShopId,
    /// Who follows.
    pub user: UserId,
    /// Since when.
    #[serde(with = "millis")]
    pub at: Timestamp,
}

impl Entity for Follower {
    const TYPE: &'static str = "follower";

    fn key(&self) -> Key {
        keys::follower(self.shop, self.user)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_followers_of(self.shop, self.at, self.user))
    }
}

/// Why a follow was not written or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It is there already, or is not there to be removed: nothing is left to do.
    Unchanged,
    /// Somebody else was counted in between: count again.
    Counted,
}

/// The follows in the table.
#[derive(Debug)]
pub struct Follows<'a> {
    table: &'a Table,
}

impl<'a> Follows<'a> {
    /// The follows of a table: for contexts that build on this one.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// The shops that a shopper follows, the newest follow first, each as it is now: none where it is not open. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(
        &self,
        user: UserId,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<(Follow, Option<Shop>)>, StoreError> {
        let page: Page<Follow> = self.table.list(ListQuery::newest(keys::follows_of(user), from, limit)).await?;
        let wanted = page.items.iter().map(|follow| keys::shop(follow.shop)).collect();
        let found = self.table.get_many(wanted).await?;
        let shops: Vec<Shop> = found.into_iter().map(from_item).collect::<Result<_, _>>()?;
        let items = page.items.into_iter().map(|follow| {
            let shop = shops.iter().find(|shop| shop.id == follow.shop && shop.is_open()).cloned();
            (follow, shop)
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// Whether a shopper follows a shop, and since when.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, user: UserId, shop: ShopId) -> Result<Option<Follow>, StoreError> {
        self.table.get(keys::follow(user, shop), Freshness::Strong).await
    }

    /// Who follows a shop, the newest follow first, each as they are now: none where they are gone. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn followers(
        &self,
        shop: ShopId,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<(Follower, Option<User>)>, StoreError> {
        let page: Page<Follower> = self.table.list(ListQuery::newest(keys::followers_of(shop), from, limit)).await?;
        let wanted = page.items.iter().map(|follower| keys::user(follower.user)).collect();
        let users: Vec<User> =
            self.table.get_many(wanted).await?.into_iter().map(from_item).collect::<Result<_, _>>()?;
        let items = page.items.into_iter().map(|follower| {
            let user = users.iter().find(|user| user.id == follower.user).cloned();
            (follower, user)
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// Lets a shopper follow a shop; one that is followed already stays where it is in the list. Answers whether there
    /// is such a shop, and it is open.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn follow(&self, user: UserId, shop: ShopId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tries = Tries::new();
        while tries.next().await {
            let (followed, count) = self.read(user, shop).await?;
            if !count.listed {
                return Ok(false);
            }
            if followed {
                return Ok(true);
            }
            let (follow, follower) = (Follow { user, shop, at: now }, Follower { shop, user, at: now });
            let transaction = Transaction::new().create(&follow, Rule::Unchanged).put(&follower);
            if self.counted(transaction, count, 1).await? {
                return Ok(true);
            }
        }
        Err(StoreError::Unavailable("other followers kept the count".into()))
    }

    /// Lets a shopper no longer follow a shop, whether they did or not.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn unfollow(&self, user: UserId, shop: ShopId) -> Result<(), StoreError> {
        let there = Condition::new("attribute_exists(pk)");
        let mut tries = Tries::new();
        while tries.next().await {
            let (followed, count) = self.read(user, shop).await?;
            if !followed {
                return Ok(());
            }
            let transaction = Transaction::new()
                .delete(&keys::follow(user, shop), there.clone(), Rule::Unchanged)
                .delete(&keys::follower(shop, user), there.clone(), Rule::Unchanged);
            if self.counted(transaction, count, -1).await? {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("other followers kept the count".into()))
    }

    /// Whether a shopper follows a shop, and how many do.
    async fn read(&self, user: UserId, shop: ShopId) -> Result<(bool, FollowerCount), StoreError> {
        let (mut followed, mut count) = (false, FollowerCount::none(shop));
        for item in self.table.get_many(vec![keys::follow(user, shop), keys::follower_count(shop)]).await? {
            match type_of(&item) {
                Some(Follow::TYPE) => followed = true,
                _ => count = from_item(item)?,
            }
        }
        Ok((followed, count))
    }

    /// Writes a change of a shop's followers with their count. Answers whether nothing is left to do.
    async fn counted(&self, transaction: Transaction<Rule>, count: FollowerCount, by: i64) -> Result<bool, StoreError> {
        let (as_read, listed) = (Condition::at_version(count.version), count.listed);
        let followers = count.followers.saturating_add_signed(by);
        let written = transaction.replace(&count.next(followers, listed), as_read, Rule::Counted).commit(self.table);
        match written.await {
            Ok(()) => Ok(true),
            Err(WriteError::Refused(rules)) => Ok(rules.broke(&Rule::Unchanged)),
            Err(WriteError::Store(error)) => Err(error),
        }
    }
}
