//! Shops as they are answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Description, ShopId, ShopName, Slug, WebUrl,
    shop::{OpeningHours, ShopAddress, SocialLinks},
};
use souk_store_shops::shops::{Shop, Whole};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

/// A shop's page.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Shop")]
pub struct ShopView {
    /// What lists show, too.
    #[serde(flatten)]
    card: CardView,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<ShopAddress>,
    /// When it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_hours: Option<OpeningHours>,
    /// Its page elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<WebUrl>,
    /// Where else it is found.
    social: SocialLinks,
    /// The wide picture on top of its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    cover: Option<PictureView>,
    /// How many follow it.
    followers: u64,
}

/// A shop in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShopCard")]
pub struct CardView {
    /// Names the shop.
    id: ShopId,
    /// Its place in addresses.
    slug: Slug,
    /// What it is called.
    name: ShopName,
    /// What it says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    bio: Option<Description>,
    /// The category of most of what it sells.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Slug>,
    /// Its sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
    /// When it opened.
    created_at: Timestamp,
}

/// A shop among the top shops.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TopShop")]
pub struct TopView {
    /// What other lists show, too.
    #[serde(flatten)]
    card: CardView,
    /// How many follow it.
    followers: u64,
}

/// The seller's own shop.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnShop")]
pub struct OwnView {
    /// What everybody sees while it is open.
    #[serde(flatten)]
    shop: ShopView,
    /// Whether everybody sees it.
    open: bool,
    /// Until when it can be restored, if it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    restorable_until: Option<Timestamp>,
}

impl CardView {
    pub(crate) fn of(shop: &Shop, media: &MediaUrl) -> Self {
        Self {
            id: shop.id,
            slug: shop.slug.clone(),
            name: shop.name.clone(),
            bio: shop.bio.clone(),
            category: shop.category.clone(),
            avatar: shop.avatar.as_ref().map(|picture| media.view(picture)),
            created_at: shop.created_at,
        }
    }
}

impl TopView {
    pub(crate) fn of(whole: &Whole, media: &MediaUrl) -> Self {
        Self { card: CardView::of(&whole.shop, media), followers: whole.followers.followers }
    }
}

impl ShopView {
    pub(crate) fn of(shop: &Shop, followers: u64, media: &MediaUrl) -> Self {
        Self {
            card: CardView::of(shop, media),
            address: shop.address.clone(),
            opening_hours: shop.opening_hours.clone(),
            website: shop.website.clone(),
            social: shop.social.clone(),
            cover: shop.cover.as_ref().map(|picture| media.view(picture)),
            followers,
        }
    }
}

impl OwnView {
    pub(crate) fn of(shop: &Shop, followers: u64, media: &MediaUrl) -> Self {
        Self { shop: ShopView::of(shop, followers, media), open: shop.is_open(), restorable_until: shop.purge_at() }
    }
}
