//! Who follows which shop.
//!
//! A follow is two items, one in the shopper's list and one in the shop's, and counts in a third. All three are written
//! in one transaction whose condition is the first, so the count is always the number of followers.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{ShopId, UserId};

use crate::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    entity::{from_item, number, text},
    keys::{self, IndexKey, Key},
    shops::Shop,
    table::ListQuery,
    transaction::Condition,
};

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

/// How many follow a shop. Where there is no such item, nobody ever did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowerCount {
    /// Which shop.
    pub shop: ShopId,
    /// How many.
    pub followers: u64,
}

impl Entity for FollowerCount {
    const TYPE: &'static str = "follower_count";

    fn key(&self) -> Key {
        keys::follower_count(self.shop)
    }
}

/// The follow is there already, or is not there to be removed: nothing is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unchanged;

/// The follows in the table.
#[derive(Debug)]
pub struct Follows<'a> {
    table: &'a Table,
}

impl<'a> Follows<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// The shops that a shopper follows, the newest follow first, each as it is now: none where it is gone. Two reads.
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
            let shop = shops.iter().find(|shop| shop.id == follow.shop).cloned();
            (follow, shop)
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// Lets a shopper follow a shop; one that is followed already stays where it is in the list. Answers whether there
    /// is such a shop.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn follow(&self, user: UserId, shop: ShopId, now: Timestamp) -> Result<bool, StoreError> {
        let found = self.table.get_many(vec![keys::shop(shop), keys::follow(user, shop)]).await?;
        let is = |kind: &str| found.iter().any(|item| item.get("type") == Some(&text(kind)));
        if !is(Shop::TYPE) {
            return Ok(false);
        }
        if !is(Follow::TYPE) {
            let (follow, follower) = (Follow { user, shop, at: now }, Follower { shop, user, at: now });
            let transaction = Transaction::new().create(&follow, Unchanged).put(&follower);
            changed(count(transaction, shop, 1).commit(self.table).await)?;
        }
        Ok(true)
    }

    /// Lets a shopper no longer follow a shop, whether they did or not.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn unfollow(&self, user: UserId, shop: ShopId) -> Result<(), StoreError> {
        let there = Condition::new("attribute_exists(pk)");
        let (follow, follower) = (keys::follow(user, shop), keys::follower(shop, user));
        let transaction =
            Transaction::new().delete(&follow, there.clone(), Unchanged).delete(&follower, there, Unchanged);
        changed(count(transaction, shop, -1).commit(self.table).await)
    }
}

/// Counts a shop's followers up or down.
fn count(transaction: Transaction<Unchanged>, shop: ShopId, by: i64) -> Transaction<Unchanged> {
    let values = Condition::default()
        .name("#type", "type")
        .value(":type", text(FollowerCount::TYPE))
        .value(":shop", text(shop))
        .value(":by", number(by));
    let count = "SET #type = :type, shop = :shop ADD followers :by";
    transaction.update(&keys::follower_count(shop), count, values, Unchanged)
}

fn changed(result: Result<(), WriteError<Unchanged>>) -> Result<(), StoreError> {
    match result {
        Ok(()) | Err(WriteError::Refused(_)) => Ok(()),
        Err(WriteError::Store(error)) => Err(error),
    }
}
