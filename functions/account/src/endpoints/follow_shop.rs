//! `PUT /v1/followed-shops/{shop}` - the shopper follows a shop, once.

use souk_domain::ShopId;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, Shopper, route};

/// Follows a shop.
#[derive(Debug)]
pub struct FollowShop;

/// Which shop.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct FollowShopPath {
    /// The shop's id.
    pub(crate) shop: ShopId,
}

impl Endpoint for FollowShop {
    const ROUTE: Route = route!(PUT "/v1/followed-shops/{shop}");
    const SUMMARY: &'static str = "Follow a shop; following it again changes nothing";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<FollowShopPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        Path(input): Path<FollowShopPath>,
    ) -> Result<NoContent, Problem> {
        match cx.follows().follow(shopper.id, input.shop, cx.now).await? {
            true => Ok(NoContent),
            false => Err(Code::NotFound.into()),
        }
    }
}
