//! `GET /v1/admin/site` - shows the site with the fields that only admins see. One read.

use serde::Serialize;
use souk_store_shops::{ShopsExt as _, site::SiteWithCategories};
use souk_views::{MediaUrl, StoreMedia};
use souk_web::{Admin, Cx, Endpoint, Json, JsonSchema, Problem, Route, route};

use crate::view::{BrandingView, CategorySettingsView};

/// Shows the site to admins.
#[derive(Debug)]
pub struct GetSiteSettings;

/// The site as admins see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteSettings {
    /// The logo and the banners.
    #[serde(flatten)]
    branding: BrandingView,
    /// The number of changes of logo and banners so far. A change names the version that it is based on.
    version: u64,
    /// The categories in their order, also those that are being deleted.
    categories: Vec<CategorySettingsView>,
}

impl SiteSettings {
    pub(crate) fn of(site: SiteWithCategories, media: &MediaUrl) -> Self {
        Self {
            branding: BrandingView::of(&site.settings, media),
            version: site.settings.version,
            categories: site.categories.into_iter().map(|category| CategorySettingsView::of(category, media)).collect(),
        }
    }
}

impl Endpoint for GetSiteSettings {
    const ROUTE: Route = route!(GET "/v1/admin/site");
    const SUMMARY: &'static str = "The site's settings with their versions, which a change has to name";

    type Deps = StoreMedia;
    type Caller = Admin;
    type Input = ();
    type Output = Json<SiteSettings>;

    async fn handle(cx: &Cx<'_, StoreMedia>, _: Admin, (): ()) -> Result<Self::Output, Problem> {
        Ok(Json(SiteSettings::of(cx.store.site().whole().await?, &cx.media)))
    }
}
