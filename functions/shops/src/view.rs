//! The representations of shops in answers.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Description, ShopId, ShopName, Slug, WebUrl,
    shop::{OpeningHours, ShopAddress, SocialLinks},
};
use souk_store_shops::shops::{Shop, ShopWithFollowers};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

use crate::settings::ShippingTerms;

/// A shop's page.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Shop")]
pub struct ShopView {
    /// The fields that lists show, too.
    #[serde(flatten)]
    card: ShopCardView,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<ShopAddress>,
    /// The opening hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_hours: Option<OpeningHours>,
    /// The shop's own website.
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<WebUrl>,
    /// The shop's pages on social networks.
    social: SocialLinks,
    /// Where the shop ships, and for how much. Absent: everywhere, and for free.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping: Option<ShippingTerms>,
    /// The wide picture at the top of its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    cover: Option<PictureView>,
    /// How many shoppers follow it.
    followers: u64,
}

/// A shop in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShopCard")]
pub struct ShopCardView {
    /// The id of the shop.
    id: ShopId,
    /// The slug of the shop.
    slug: Slug,
    /// The name of the shop.
    name: ShopName,
    /// The shop's description of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    bio: Option<Description>,
    /// The category of most of its products.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Slug>,
    /// The picture that represents the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
    /// When the shop was opened.
    created_at: Timestamp,
}

/// A shop in the list of top shops.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TopShop")]
pub struct TopShopView {
    /// The fields that other lists show, too.
    #[serde(flatten)]
    card: ShopCardView,
    /// How many shoppers follow it.
    followers: u64,
}

/// The seller's own shop.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OwnShop")]
pub struct OwnShopView {
    /// The fields that the public sees while the shop is open.
    #[serde(flatten)]
    shop: ShopView,
    /// Whether the public sees the shop.
    open: bool,
    /// Until when a deleted shop can be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    restorable_until: Option<Timestamp>,
}

impl ShopCardView {
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

impl TopShopView {
    pub(crate) fn of(whole: &ShopWithFollowers, media: &MediaUrl) -> Self {
        Self { card: ShopCardView::of(&whole.shop, media), followers: whole.followers.followers }
    }
}

impl ShopView {
    pub(crate) fn of(shop: &Shop, followers: u64, media: &MediaUrl) -> Self {
        Self {
            card: ShopCardView::of(shop, media),
            address: shop.address.clone(),
            opening_hours: shop.opening_hours.clone(),
            website: shop.website.clone(),
            social: shop.social.clone(),
            shipping: shop.shipping.as_ref().map(ShippingTerms::from),
            cover: shop.cover.as_ref().map(|picture| media.view(picture)),
            followers,
        }
    }
}

impl OwnShopView {
    pub(crate) fn of(shop: &Shop, followers: u64, media: &MediaUrl) -> Self {
        Self { shop: ShopView::of(shop, followers, media), open: shop.is_open(), restorable_until: shop.purge_at() }
    }
}
