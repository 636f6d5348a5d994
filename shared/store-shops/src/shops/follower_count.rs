//! The count of a shop's followers, which gives it its position among the top shops.

use serde::{Deserialize, Serialize};
use souk_domain::ShopId;
use souk_store::Entity;

use crate::keys::{self, IndexKey, Key};

/// The count of a shop's followers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowerCount {
    /// Which shop.
    pub shop: ShopId,
    /// How many.
    pub followers: u64,
    /// Whether the shop is open. Only then it is among the top shops and can be followed.
    #[serde(default)]
    pub listed: bool,
    /// The version. Every write increments it.
    #[serde(default)]
    pub version: u64,
}

impl FollowerCount {
    /// Returns the count before the first follower.
    pub fn none(shop: ShopId) -> Self {
        Self { shop, followers: 0, listed: false, version: 0 }
    }

    /// Returns the next version.
    #[must_use]
    pub fn next(self, followers: u64, listed: bool) -> Self {
        Self { followers, listed, version: self.version + 1, ..self }
    }
}

impl Entity for FollowerCount {
    const TYPE: &'static str = "follower_count";

    fn key(&self) -> Key {
        keys::follower_count(self.shop)
    }

    fn index(&self) -> Option<IndexKey> {
        self.listed.then(|| keys::among_top_shops(self.followers, self.shop))
    }
}
