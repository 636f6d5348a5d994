//! A shop as it is answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{Description, ShopId, ShopName, Slug};
use souk_store::shops::Shop;
use souk_web::JsonSchema;

/// A shop.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Shop")]
pub struct ShopView {
    /// Names the shop.
    id: ShopId,
    /// Its place in addresses.
    slug: Slug,
    /// What it is called.
    name: ShopName,
    /// What it says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    bio: Option<Description>,
    /// When it opened.
    created_at: Timestamp,
}

impl From<Shop> for ShopView {
    fn from(Shop { id, slug, name, bio, created_at }: Shop) -> Self {
        Self { id, slug, name, bio, created_at }
    }
}
