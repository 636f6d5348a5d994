//! `DELETE /v1/followed-shops/{shop}` - lets the shopper stop following a shop. Repeating the request changes nothing.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::follow_shop::FollowShopPath;

/// Lets the shopper stop following a shop.
#[derive(Debug)]
pub struct UnfollowShop;

impl Endpoint for UnfollowShop {
    const ROUTE: Route = route!(DELETE "/v1/followed-shops/{shop}");
    const SUMMARY: &'static str = "Stop following a shop; this succeeds if you do not follow it";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<FollowShopPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        Path(input): Path<FollowShopPath>,
    ) -> Result<NoContent, Problem> {
        cx.follows().unfollow(shopper.id, input.shop).await?;
        Ok(NoContent)
    }
}
