//! `GET /v1/shops/{slug}` - shows a shop's public page. Two reads.

use souk_domain::Slug;
use souk_store_shops::ShopsExt as _;
use souk_views::StoreMedia;
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::view::ShopView;

/// Shows a shop.
#[derive(Debug)]
pub struct GetShop;

/// The shop.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetShopPath {
    /// The slug of the shop.
    slug: Slug,
}

impl Endpoint for GetShop {
    const ROUTE: Route = route!(GET "/v1/shops/{slug}");
    const SUMMARY: &'static str = "An open shop by its slug";

    type Deps = StoreMedia;
    type Caller = Anyone;
    type Input = Path<GetShopPath>;
    type Output = Json<ShopView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        _: Anyone,
        Path(input): Path<GetShopPath>,
    ) -> Result<Self::Output, Problem> {
        let whole = cx.store.shops().by_slug(&input.slug).await?.ok_or(Code::NotFound)?;
        Ok(Json(ShopView::of(&whole.shop, whole.followers.followers, &cx.media)))
    }
}
