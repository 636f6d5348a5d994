//! `GET /v1/domains/{domain}` - shows the shop that a verified domain belongs to. The storefront at that domain calls
//! it. Two reads.

use souk_domain::DomainName;
use souk_store_shops::ShopsExt as _;
use souk_views::StoreMedia;
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, route};

use crate::view::ShopView;

/// Shows the shop at a domain.
#[derive(Debug)]
pub struct GetShopByDomain;

/// The domain.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetShopByDomainPath {
    /// The domain name.
    domain: DomainName,
}

impl Endpoint for GetShopByDomain {
    const ROUTE: Route = route!(GET "/v1/domains/{domain}");
    const SUMMARY: &'static str = "The open shop that a custom domain belongs to";

    type Deps = StoreMedia;
    type Caller = Anyone;
    type Input = Path<GetShopByDomainPath>;
    type Output = Json<ShopView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        _: Anyone,
        Path(input): Path<GetShopByDomainPath>,
    ) -> Result<Self::Output, Problem> {
        let shop = cx.store.custom_domains().shop_at(&input.domain).await?.ok_or(Code::NotFound)?;
        let whole = cx.store.shops().open_one(shop).await?.ok_or(Code::NotFound)?;
        Ok(Json(ShopView::of(&whole.shop, whole.followers.followers, &cx.media)))
    }
}
