//! The site as it is answered.

use serde::Serialize;
use souk_domain::{
    Slug,
    site::{CategoryName, Commission, Subcategory},
};
use souk_store_shops::site::{Category, Settings};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

/// A category as everybody sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Category")]
pub(crate) struct CategoryView {
    /// Names it.
    slug: Slug,
    /// What it is called.
    name: CategoryName,
    /// What it looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
    /// Its parts, in their order.
    subcategories: Vec<Subcategory>,
}

/// A category as admins see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CategorySettings")]
pub struct CategorySettingsView {
    /// What everybody sees.
    #[serde(flatten)]
    category: CategoryView,
    /// Its place among the others: the lowest first, then by slug.
    position: u16,
    /// What the marketplace keeps of its sales, in hundredths of a percent, instead of what it keeps elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    commission: Option<Commission>,
    /// Whether a product or a shop was ever in it: then it can only go in favour of another one.
    used: bool,
    /// Where its products and shops go, while it retires. Nobody else sees it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    moving_to: Option<Slug>,
    /// Counts the changes: a change names the version that it is made for.
    version: u64,
}

/// Logo and banners.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LookView {
    /// The logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<PictureView>,
    /// The banners, in their order.
    banners: Vec<PictureView>,
}

impl CategoryView {
    pub(crate) fn of(category: Category, media: &MediaUrl) -> Self {
        Self {
            slug: category.slug,
            name: category.name,
            picture: category.picture.map(|picture| media.view(&picture)),
            subcategories: category.subcategories,
        }
    }
}

impl CategorySettingsView {
    pub(crate) fn of(category: Category, media: &MediaUrl) -> Self {
        Self {
            position: category.position,
            commission: category.commission,
            used: category.used,
            moving_to: category.retiring.clone(),
            version: category.version,
            category: CategoryView::of(category, media),
        }
    }
}

impl LookView {
    pub(crate) fn of(settings: &Settings, media: &MediaUrl) -> Self {
        Self {
            logo: settings.logo.as_ref().map(|logo| media.view(logo)),
            banners: settings.banners.iter().map(|banner| media.view(banner)).collect(),
        }
    }
}
