//! The representations of the site in answers.

use serde::Serialize;
use souk_domain::{
    Slug,
    site::{CategoryName, Commission, Subcategory},
};
use souk_store_shops::site::{Category, Settings};
use souk_views::{MediaUrl, PictureView};
use souk_web::JsonSchema;

/// A category as the public sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Category")]
pub(crate) struct CategoryView {
    /// The slug.
    slug: Slug,
    /// The name.
    name: CategoryName,
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<PictureView>,
    /// The subcategories, in their order.
    subcategories: Vec<Subcategory>,
}

/// A category as admins see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CategorySettings")]
pub struct CategorySettingsView {
    /// The fields that the public sees.
    #[serde(flatten)]
    category: CategoryView,
    /// The position among the categories: the lowest first, equal positions by slug.
    position: u16,
    /// The marketplace's commission on sales in this category, in hundredths of a percent. Absent if the general
    /// commission applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    commission: Option<Commission>,
    /// Whether the category ever had a product or a shop. Such a category can only be deleted by moving these to
    /// another one.
    used: bool,
    /// The category that its products and shops are being moved to, while it is being deleted. The public does not see
    /// it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    moving_to: Option<Slug>,
    /// The number of changes so far. A change names the version that it is based on.
    version: u64,
}

/// The logo and the banners.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BrandingView {
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

impl BrandingView {
    pub(crate) fn of(settings: &Settings, media: &MediaUrl) -> Self {
        Self {
            logo: settings.logo.as_ref().map(|logo| media.view(logo)),
            banners: settings.banners.iter().map(|banner| media.view(banner)).collect(),
        }
    }
}
