//! `GET /v1/domains/{domain}` - the shop that a verified domain leads to, for the storefront behind it. Two reads.

use souk_domain::DomainName;
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::{deps::Front, view::ShopView};

/// Shows the shop at a domain.
#[derive(Debug)]
pub struct Room;

/// Which domain.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Input {
    /// The domain.
    domain: DomainName,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/domains/{domain}");
    const SUMMARY: &'static str = "The open shop that a domain of its own leads to";

    type Deps = Front;
    type Caller = Anyone;
    type Input = Path<Input>;
    type Output = Json<ShopView>;

    async fn handle(cx: &Cx<'_, Front>, _: Anyone, Path(input): Path<Input>) -> Result<Self::Output, Problem> {
        let shop = cx.store.custom_domains().shop_at(&input.domain).await?.ok_or(Code::NotFound)?;
        let whole = cx.store.shops().open_one(shop).await?.ok_or(Code::NotFound)?;
        Ok(Json(ShopView::of(&whole.shop, whole.followers.followers, &cx.media)))
    }
}
