//! `PUT /v1/followed-shops/{shop}` - lets the shopper follow a shop. Repeating the request changes nothing.

use souk_domain::ShopId;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, Shopper, route};

/// Lets the shopper follow a shop.
#[derive(Debug)]
pub struct FollowShop;

/// The path of a followed shop.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct FollowShopPath {
    /// The id of the shop.
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
