//! `GET /v1/followed-shops/{shop}` - whether the shopper follows a shop. One read.

use jiff::Timestamp;
use serde::Serialize;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Path, Problem, Route, Shopper, route};

use crate::follow_shop::FollowShopPath;

/// Says whether a shop is followed.
#[derive(Debug)]
pub struct GetFollowedShop;

/// Whether a shop is followed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Following")]
pub struct FollowingView {
    /// Whether it is.
    following: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

impl Endpoint for GetFollowedShop {
    const ROUTE: Route = route!(GET "/v1/followed-shops/{shop}");
    const SUMMARY: &'static str = "Whether you follow a shop";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<FollowShopPath>;
    type Output = Json<FollowingView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        Path(input): Path<FollowShopPath>,
    ) -> Result<Self::Output, Problem> {
        let follow = cx.follows().get(shopper.id, input.shop).await?;
        Ok(Json(FollowingView { following: follow.is_some(), at: follow.map(|follow| follow.at) }))
    }
}
