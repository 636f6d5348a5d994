//! `GET /v1/followed-shops/{shop}` - returns whether the shopper follows a shop, with one read.

use jiff::Timestamp;
use serde::Serialize;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Path, Problem, Route, Shopper, route};

use crate::follow_shop::FollowShopPath;

/// Returns whether the shopper follows a shop.
#[derive(Debug)]
pub struct GetFollowedShop;

/// Whether the shopper follows a shop.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Following {
    /// Whether the shopper follows the shop.
    following: bool,
    /// Since when the shopper follows the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

impl Endpoint for GetFollowedShop {
    const ROUTE: Route = route!(GET "/v1/followed-shops/{shop}");
    const SUMMARY: &'static str = "Whether you follow a shop";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<FollowShopPath>;
    type Output = Json<Following>;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        Path(input): Path<FollowShopPath>,
    ) -> Result<Self::Output, Problem> {
        let follow = cx.follows().get(shopper.id, input.shop).await?;
        Ok(Json(Following { following: follow.is_some(), at: follow.map(|follow| follow.at) }))
    }
}
