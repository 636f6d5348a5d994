//! Follows: which shopper follows which shop.
//!
//! A follow is two items, one in the shopper's list and one in the shop's, and is counted in a third. One transaction
//! writes all three. It requires that the follow is new and that the count is the one that was read. So the count is
//! always the number of followers, and the shop's position among the top shops always fits the count.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{ShopId, UserId};
use souk_store::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    entity::{from_item, type_of},
    retry_on_conflict,
    table::{Freshness, ListQuery},
    transaction::Condition,
};
use souk_store_identity::accounts::User;
use souk_store_shops::shops::{FollowerCount, Shop};

use crate::keys::{self, IndexKey, Key};

/// A shop in the list of a shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// The shopper.
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

/// A shopper in the list of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// Which shop.
    pub shop: ShopId,
    /// The shopper.
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
    /// The follow exists already, or does not exist to be removed. Nothing is left to do.
    Unchanged,
    /// Somebody else was counted meanwhile. Count again.
    Counted,
}

/// Access to follows.
#[derive(Debug)]
pub struct Follows<'a> {
    table: &'a Table,
}

impl<'a> Follows<'a> {
    /// Creates the access to a table's follows.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Lists the shops that a shopper follows, newest follow first, each as it is now. A shop is `None` if it is not
    /// open. Two reads.
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

    /// Returns the follow of a shopper, if they follow the shop.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, user: UserId, shop: ShopId) -> Result<Option<Follow>, StoreError> {
        self.table.get(keys::follow(user, shop), Freshness::Strong).await
    }

    /// Lists the followers of a shop, newest follow first, each as they are now. A shopper is `None` if the account is
    /// deleted. Two reads.
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

    /// Makes a shopper follow a shop. An existing follow keeps its position in the list. Returns whether the shop
    /// exists and is open.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn follow(&self, user: UserId, shop: ShopId, now: Timestamp) -> Result<bool, StoreError> {
        retry_on_conflict(|| async {
            let (followed, count) = self.read(user, shop).await?;
            if !count.listed {
                return Ok(Some(false));
            }
            if followed {
                return Ok(Some(true));
            }
            let (follow, follower) = (Follow { user, shop, at: now }, Follower { shop, user, at: now });
            let transaction = Transaction::new().create(&follow, Rule::Unchanged).put(&follower);
            Ok(self.counted(transaction, count, 1).await?.then_some(true))
        })
        .await
    }

    /// Makes a shopper no longer follow a shop. Idempotent.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn unfollow(&self, user: UserId, shop: ShopId) -> Result<(), StoreError> {
        let there = Condition::new("attribute_exists(pk)");
        retry_on_conflict(|| async {
            let (followed, count) = self.read(user, shop).await?;
            if !followed {
                return Ok(Some(()));
            }
            let transaction = Transaction::new()
                .delete(&keys::follow(user, shop), there.clone(), Rule::Unchanged)
                .delete(&keys::follower(shop, user), there.clone(), Rule::Unchanged);
            Ok(self.counted(transaction, count, -1).await?.then_some(()))
        })
        .await
    }

    /// Reads whether a shopper follows a shop, and the count of followers.
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

    /// Commits a change of a shop's followers together with their count. Returns whether nothing is left to do.
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
