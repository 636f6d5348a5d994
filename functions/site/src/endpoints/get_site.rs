//! `GET /v1/site` - shows what a storefront needs first: categories, logo and banners. One read.

use serde::Serialize;
use souk_store_shops::ShopsExt as _;
use souk_views::StoreMedia;
use souk_web::{Anyone, Cx, Endpoint, JsonSchema, Problem, Route, Tagged, route};

use crate::view::{BrandingView, CategoryView};

/// Shows the site.
#[derive(Debug)]
pub struct GetSite;

/// What concerns the whole marketplace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Site {
    /// The logo and the banners.
    #[serde(flatten)]
    branding: BrandingView,
    /// The categories, in their order.
    categories: Vec<CategoryView>,
}

impl Endpoint for GetSite {
    const ROUTE: Route = route!(GET "/v1/site");
    const SUMMARY: &'static str = "The categories, the logo and the banners";

    type Deps = StoreMedia;
    type Caller = Anyone;
    type Input = ();
    type Output = Tagged<Site>;

    async fn handle(cx: &Cx<'_, StoreMedia>, _: Anyone, (): ()) -> Result<Self::Output, Problem> {
        let site = cx.store.site().whole().await?;
        let open = site.categories.into_iter().filter(|category| category.retiring.is_none());
        Ok(Tagged(Site {
            branding: BrandingView::of(&site.settings, &cx.media),
            categories: open.map(|category| CategoryView::of(category, &cx.media)).collect(),
        }))
    }
}
