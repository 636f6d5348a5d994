//! Wishlists. A wishlist is one item: which products, and since when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{ProductId, UserId};
use souk_store::{
    Entity, Page, Position, StoreError, Table,
    entity::{millis, number},
    entries::{self, At},
    table::Freshness,
};

use crate::keys::{self, Key};

/// How many products a wishlist may contain.
pub const MAX_WISHES: usize = 200;

/// A wishlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishlist {
    /// The shopper.
    pub user: UserId,
    /// Since when each product is on it.
    pub entries: BTreeMap<ProductId, At>,
}

impl Entity for Wishlist {
    const TYPE: &'static str = "wishlist";

    fn key(&self) -> Key {
        keys::wishlist(self.user)
    }
}

/// The wishlist has [`MAX_WISHES`] products already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the wishlist is full")]
pub struct WishlistFull;

/// Access to wishlists.
#[derive(Debug)]
pub struct Wishlists<'a> {
    table: &'a Table,
}

impl<'a> Wishlists<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Lists the products on a shopper's wishlist and since when, newest first.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(
        &self,
        user: UserId,
        from: Option<Position>,
        limit: u8,
    ) -> Result<Page<(ProductId, Timestamp)>, StoreError> {
        let wishlist: Option<Wishlist> = self.table.get(keys::wishlist(user), Freshness::Strong).await?;
        let entries = wishlist.map(|wishlist| wishlist.entries).unwrap_or_default();
        Ok(entries::page(&entries, from.as_ref(), limit))
    }

    /// Adds a product to a wishlist. A product that is on it keeps its position.
    ///
    /// # Errors
    /// [`WishlistFull`] inside; those of [`StoreError`] outside.
    pub async fn add(
        &self,
        user: UserId,
        product: ProductId,
        now: Timestamp,
    ) -> Result<Result<(), WishlistFull>, StoreError> {
        let add = entries::update(self.table, &keys::wishlist(user), product)
            .update_expression("SET #entries.#entry = if_not_exists(#entries.#entry, :now)")
            .condition_expression(
                "attribute_exists(#entries) AND (attribute_exists(#entries.#entry) OR size(#entries) < :max)",
            )
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":max", number(i64::try_from(MAX_WISHES).unwrap_or(i64::MAX)));
        let empty = Wishlist { user, entries: BTreeMap::new() };
        let added = entries::write(self.table, &empty, add).await?;
        Ok(added.map(drop).ok_or(WishlistFull))
    }

    /// Removes a product from a wishlist. Idempotent.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn remove(&self, user: UserId, product: ProductId) -> Result<(), StoreError> {
        entries::remove(self.table, &keys::wishlist(user), product).await.map(drop)
    }
}
