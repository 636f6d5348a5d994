//! Writes of shops.

use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::{Email, Principal, SellerId};
use souk_store::{
    Entity, Transaction, WriteError, access::Standing, idempotency::Answer, outbox::OutboxRecord,
    transaction::Condition,
};

use super::{Barred, FollowerCount, Shop, ShopSlug, ShopWithFollowers, Shops};
use crate::keys;

/// Why a shop was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The seller has a shop.
    HasShop,
    /// The seller had a shop that was purged.
    Closed,
    /// The seller is banned.
    Banned,
    /// Another shop has the slug.
    SlugTaken,
    /// There is no such category, or it retires.
    CategoryGone,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
    /// Somebody else wrote meanwhile. Read it again.
    Stale,
    /// The seller's account is deleted.
    SellerGone,
}

impl Shops<'_> {
    /// Creates a shop.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn open(&self, shop: &Shop, answer: Option<&Answer>) -> Result<(), WriteError<Rule>> {
        let claim = ShopSlug { slug: shop.slug.clone(), shop: shop.id };
        let seller = SellerId::from(shop.id);
        let transaction = Transaction::new()
            .create(shop, Rule::HasShop)
            .create(&claim, Rule::SlugTaken)
            .put(&FollowerCount::none(shop.id).next(0, true))
            .check(&keys::closed_shop(shop.id), Condition::new("attribute_not_exists(pk)"), Rule::Closed)
            .check(&keys::seller(seller), Condition::new("attribute_exists(pk)"), Rule::SellerGone)
            .check(
                &keys::standing(Principal::Seller(seller)),
                Condition::new("attribute_not_exists(ban)"),
                Rule::Banned,
            );
        let transaction = in_category(transaction, shop);
        match answer {
            Some(answer) => transaction.create(answer, Rule::KeyUsed),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    /// Replaces a shop by its next version, and writes the event if its products must follow.
    ///
    /// # Errors
    /// [`Rule::Stale`], [`Rule::SlugTaken`], [`Rule::CategoryGone`].
    pub async fn edit(
        &self,
        before: &Shop,
        after: &Shop,
        event: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let mut transaction = Transaction::new().replace(after, before.as_read(), Rule::Stale);
        if before.slug != after.slug {
            let claim = ShopSlug { slug: after.slug.clone(), shop: after.id };
            transaction = transaction.create(&claim, Rule::SlugTaken).delete(
                &keys::shop_slug(&before.slug),
                Condition::default(),
                Rule::Stale,
            );
        }
        if before.category != after.category {
            transaction = in_category(transaction, after);
        }
        if let Some(event) = event {
            transaction = transaction.put(event);
        }
        transaction.commit(self.table).await
    }

    /// Deletes a shop, to be purged later, and bars its seller's address.
    ///
    /// # Errors
    /// [`Rule::Stale`].
    pub async fn delete(
        &self,
        before: &ShopWithFollowers,
        after: &Shop,
        barred: &Barred,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        replaced(before, after).put(barred).put(event).commit(self.table).await
    }

    /// Restores a deleted shop, if the seller's account still exists.
    ///
    /// # Errors
    /// [`Rule::Stale`], [`Rule::SellerGone`].
    pub async fn restore(
        &self,
        before: &ShopWithFollowers,
        after: &Shop,
        email: &Email,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        replaced(before, after)
            .delete(&keys::barred_seller(email), Condition::default(), Rule::Stale)
            .check(&keys::seller(after.id.into()), Condition::new("attribute_exists(pk)"), Rule::SellerGone)
            .put(event)
            .commit(self.table)
            .await
    }

    /// Writes whether the seller is banned, according to the standing that was read.
    ///
    /// # Errors
    /// [`Rule::Stale`], also if the standing was written meanwhile.
    pub async fn judge(
        &self,
        before: &ShopWithFollowers,
        after: &Shop,
        standing: &Standing,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        replaced(before, after)
            .check(&standing.key(), Condition::at_version(standing.version), Rule::Stale)
            .put(event)
            .commit(self.table)
            .await
    }
}

/// Replaces a shop that was read, and moves it into or out of the list of top shops.
fn replaced(before: &ShopWithFollowers, after: &Shop) -> Transaction<Rule> {
    let transaction = Transaction::new().replace(after, before.shop.as_read(), Rule::Stale);
    if before.followers.listed == after.is_open() {
        return transaction;
    }
    let count = before.followers.clone().next(before.followers.followers, after.is_open());
    transaction.replace(&count, Condition::at_version(before.followers.version), Rule::Stale)
}

/// Requires the shop's category, if it names one, not to retire, and marks it as used.
fn in_category(transaction: Transaction<Rule>, shop: &Shop) -> Transaction<Rule> {
    let Some(category) = &shop.category else { return transaction };
    let stays = Condition::new("attribute_exists(pk) AND attribute_not_exists(retiring)")
        .value(":used", AttributeValue::Bool(true));
    transaction.update(&keys::category(category), "SET used = :used", stays, Rule::CategoryGone)
}
