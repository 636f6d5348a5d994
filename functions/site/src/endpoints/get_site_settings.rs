//! `GET /v1/admin/site` - the site with what only admins see of it. One read.

use serde::Serialize;
use souk_store_shops::{ShopsExt as _, site::Whole};
use souk_views::{MediaUrl, StoreMedia};
use souk_web::{Admin, Cx, Endpoint, Json, JsonSchema, Problem, Route, route};

use crate::view::{CategorySettingsView, LookView};

/// Shows the site to admins.
#[derive(Debug)]
pub struct GetSiteSettings;

/// The site as admins see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SiteSettings")]
pub struct Output {
    /// Logo and banners.
    #[serde(flatten)]
    look: LookView,
    /// Counts the changes of logo and banners: a change names the version that it is made for.
    version: u64,
    /// The categories in their order, those that retire included.
    categories: Vec<CategorySettingsView>,
}

impl Output {
    pub(crate) fn of(site: Whole, media: &MediaUrl) -> Self {
        Self {
            look: LookView::of(&site.settings, media),
            version: site.settings.version,
            categories: site.categories.into_iter().map(|own| CategorySettingsView::of(own, media)).collect(),
        }
    }
}

impl Endpoint for GetSiteSettings {
    const ROUTE: Route = route!(GET "/v1/admin/site");
    const SUMMARY: &'static str = "The site's settings, with the versions that changes name";

    type Deps = StoreMedia;
    type Caller = Admin;
    type Input = ();
    type Output = Json<Output>;

    async fn handle(cx: &Cx<'_, StoreMedia>, _: Admin, (): ()) -> Result<Self::Output, Problem> {
        Ok(Json(Output::of(cx.store.site().whole().await?, &cx.media)))
    }
}
