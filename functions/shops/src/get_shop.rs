//! `GET /v1/shops/{slug}` - a shop's public page.

use souk_domain::Slug;
use souk_store::Store;
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::view::ShopView;

/// Shows a shop.
#[derive(Debug)]
pub struct Room;

/// Which shop.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Input {
    /// The shop's place in addresses.
    slug: Slug,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/shops/{slug}");
    const SUMMARY: &'static str = "A shop by its slug";

    type Deps = Store;
    type Caller = Anyone;
    type Input = Path<Input>;
    type Output = Json<ShopView>;

    async fn handle(cx: &Cx<'_, Store>, _: Anyone, Path(input): Path<Input>) -> Result<Self::Output, Problem> {
        let shop = cx.shops().by_slug(&input.slug).await?;
        shop.map(|shop| Json(shop.into())).ok_or_else(|| Code::NotFound.into())
    }
}
