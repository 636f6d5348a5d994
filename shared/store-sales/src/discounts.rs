//! Discounts, their codes, and the counts of their uses.
//!
//! A shop's discounts share a partition with the counts of their uses. The counts are items of their own, because
//! checkouts write counts, sellers write discounts, and neither must delay the other. The transaction that takes a
//! payment session's stock counts a use, with the limits as conditions. The use is counted back if the session ends
//! unpaid. Counting does not depend on the discount's own item, so a discount can be changed or deleted at any time.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{DiscountCode, DiscountId, DiscountName, Money, ShopId, UserId, discount::Terms};
use souk_store::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    entity::{Item, from_item, number, text},
    idempotency::Answer,
    table::{Freshness, ListQuery},
    transaction::Condition,
};

use crate::keys::{self, Key};

/// A discount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The discount's id.
    pub id: DiscountId,
    /// The shop that gives it.
    pub shop: ShopId,
    /// The code that shoppers enter.
    pub code: DiscountCode,
    /// The public name.
    pub name: DiscountName,
    /// The terms.
    pub terms: Terms,
    /// Whether it is enabled.
    pub enabled: bool,
    /// The version, from 1. Every change increments it.
    pub version: u64,
    /// When it was created.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

impl Entity for Discount {
    const TYPE: &'static str = "discount";

    fn key(&self) -> Key {
        keys::discount(self.shop, self.id)
    }
}

/// The claim of a discount on its code. The code is taken while the item exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CodeClaim {
    pub(crate) shop: ShopId,
    pub(crate) code: DiscountCode,
    pub(crate) discount: DiscountId,
}

impl CodeClaim {
    fn of(discount: &Discount) -> Self {
        Self { shop: discount.shop, code: discount.code.clone(), discount: discount.id }
    }
}

impl Entity for CodeClaim {
    const TYPE: &'static str = "discount_code";

    fn key(&self) -> Key {
        keys::discount_code(self.shop, &self.code)
    }
}

/// A discount that a cart requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// The discount.
    pub discount: DiscountId,
    /// The code that was entered. If the discount has another code by now, it is not given.
    pub code: DiscountCode,
}

/// The discounts that a cart requests, at most one of each shop.
pub type Coupons = BTreeMap<ShopId, Coupon>;

/// A snapshot of a discount as it was given. Later changes of the discount do not change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The discount's id.
    pub id: DiscountId,
    /// The code that was entered.
    pub code: DiscountCode,
    /// The name at that time.
    pub name: DiscountName,
    /// The amount that it takes off the shop's lines together.
    pub off: Money,
    /// The version of the discount.
    pub version: u64,
    /// Whether it is for first orders only.
    pub first_order_only: bool,
    /// How often one shopper may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_shopper: Option<u32>,
    /// How often it may be used in total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_total: Option<u32>,
}

impl Granted {
    /// Returns the keys of the counts of a shopper's use, and their limits.
    pub(crate) fn counts(&self, shop: ShopId, user: UserId) -> impl Iterator<Item = (Key, Option<u32>)> {
        let first_order = self.first_order_only.then(|| (keys::first_orders_by(shop, user), Some(1)));
        [
            (keys::discount_uses(shop, self.id), self.in_total),
            (keys::discount_uses_by(shop, self.id, user), self.per_shopper),
        ]
        .into_iter()
        .chain(first_order)
    }
}

/// Why a discount was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// There is no such shop.
    NoShop,
    /// Another discount of the shop has the code.
    CodeTaken,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
    /// Somebody else wrote meanwhile. Read it again.
    Stale,
}

/// Access to discounts.
#[derive(Debug)]
pub struct Discounts<'a> {
    pub(crate) table: &'a Table,
}

impl<'a> Discounts<'a> {
    /// Creates the access to a table's discounts.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns a shop's discount and how often it was used. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn at(&self, shop: ShopId, id: DiscountId) -> Result<Option<(Discount, u32)>, StoreError> {
        let keys = [keys::discount(shop, id), keys::discount_uses(shop, id)];
        let found = self.table.get_many(keys.to_vec()).await?;
        let [discount, uses] = keys.map(|key| among(&found, &key));
        let discount: Option<Discount> = discount.cloned().map(from_item).transpose()?;
        Ok(discount.map(|discount| (discount, count_of(uses))))
    }

    /// Lists a shop's discounts, newest first, with how often each was used. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list(
        &self,
        shop: ShopId,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<(Discount, u32)>, StoreError> {
        let query = ListQuery::newest_in(keys::discounts_of(shop), from, limit).beginning("disc_");
        let page: Page<Discount> = self.table.list(query).await?;
        let counts = |discount: &Discount| keys::discount_uses(shop, discount.id);
        let found = self.table.get_many(page.items.iter().map(counts).collect()).await?;
        let with_uses = |discount: Discount| {
            let uses = count_of(among(&found, &counts(&discount)));
            (discount, uses)
        };
        Ok(Page { items: page.items.into_iter().map(with_uses).collect(), next: page.next })
    }

    /// Finds a shop's discount by its code. Two reads.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn by_code(&self, shop: ShopId, code: &DiscountCode) -> Result<Option<Discount>, StoreError> {
        match self.table.get::<CodeClaim>(keys::discount_code(shop, code), Freshness::Strong).await? {
            Some(claim) => self.table.get(keys::discount(shop, claim.discount), Freshness::Strong).await,
            None => Ok(None),
        }
    }

    /// Creates a discount of an existing shop.
    ///
    /// # Errors
    /// [`Rule::NoShop`], [`Rule::CodeTaken`], [`Rule::KeyUsed`].
    pub async fn create(&self, discount: &Discount, answer: Option<&Answer>) -> Result<(), WriteError<Rule>> {
        let stays = Condition::new("attribute_exists(pk) AND attribute_not_exists(deleted_at)");
        let transaction = Transaction::new()
            .check(&keys::shop(discount.shop), stays, Rule::NoShop)
            .create(&CodeClaim::of(discount), Rule::CodeTaken)
            .put(discount);
        let transaction = match answer {
            Some(answer) => transaction.create(answer, Rule::KeyUsed),
            None => transaction,
        };
        transaction.commit(self.table).await
    }

    /// Replaces the version before of a discount.
    ///
    /// # Errors
    /// [`Rule::CodeTaken`], [`Rule::Stale`].
    pub async fn change(&self, before: &Discount, after: &Discount) -> Result<(), WriteError<Rule>> {
        let mut transaction = Transaction::new().replace(after, Condition::at_version(before.version), Rule::Stale);
        if before.code != after.code {
            transaction = transaction
                .delete(&CodeClaim::of(before).key(), Condition::default(), Rule::Stale)
                .create(&CodeClaim::of(after), Rule::CodeTaken);
        }
        transaction.commit(self.table).await
    }

    /// Deletes a discount and the claim on its code.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn delete(&self, discount: &Discount) -> Result<(), WriteError<Rule>> {
        Transaction::new()
            .delete(&discount.key(), Condition::at_version(discount.version), Rule::Stale)
            .delete(&CodeClaim::of(discount).key(), Condition::default(), Rule::Stale)
            .commit(self.table)
            .await
    }

    /// Deletes up to 100 items of a shop's discounts, for a shop that is purged. Returns whether there may be more. A
    /// use that is counted back afterwards leaves a negative count, which counts as none.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn purge(&self, shop: ShopId) -> Result<bool, StoreError> {
        let page: Page<Key> = self.table.list(ListQuery::newest_in(keys::discounts_of(shop), None, 100)).await?;
        for key in page.items {
            self.table.delete(key).await?;
        }
        Ok(page.next.is_some())
    }
}

pub(crate) fn among<'i>(found: &'i [Item], Key { pk, sk }: &Key) -> Option<&'i Item> {
    let is = |item: &Item, name: &str, key: &String| item.get(name).and_then(|key| key.as_s().ok()) == Some(key);
    found.iter().find(|item| is(item, "pk", pk) && is(item, "sk", sk))
}

/// Returns what an item counts. A negative count is 0: it comes from counting back after the item was deleted.
pub(crate) fn count_of(item: Option<&Item>) -> u32 {
    let uses = item.and_then(|item| item.get("uses")).and_then(|uses| uses.as_n().ok());
    uses.and_then(|uses| uses.parse().ok()).unwrap_or_default()
}

/// A change of a count of uses.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) shop: ShopId,
    /// Above zero, uses are taken; below zero, they are counted back.
    pub(crate) by: i64,
    /// The limit.
    pub(crate) limit: Option<u32>,
}

/// Changes a count within its limit. Counting back never fails: a count that was deleted meanwhile must not keep the
/// stock held.
pub(crate) fn count<R: Clone>(transaction: Transaction<R>, key: &Key, count: &Count, rule: R) -> Transaction<R> {
    let within = match count.limit.filter(|_| count.by > 0) {
        Some(limit) => Condition::new("attribute_not_exists(uses) OR uses < :limit").value(":limit", number(limit)),
        None => Condition::default(),
    };
    let values = within
        .name("#type", "type")
        .value(":type", text(USES))
        .value(":shop", text(count.shop))
        .value(":by", number(count.by));
    transaction.update(key, "SET #type = :type, shop = :shop ADD uses :by", values, rule)
}

/// The type of the items that count uses.
const USES: &str = "discount_uses";

/// Returns a cart's coupons as an attribute value.
pub(crate) fn as_value(coupons: &Coupons) -> Result<AttributeValue, StoreError> {
    let map = serde_dynamo::to_item(coupons).map_err(|error| StoreError::Shape(Box::new(error)))?;
    Ok(AttributeValue::M(map))
}
