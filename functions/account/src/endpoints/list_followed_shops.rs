//! `GET /v1/followed-shops` - lists the shops that the shopper follows, newest first, with two reads.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{ShopId, ShopName, Slug};
use souk_store_shoppers::{ShoppersExt as _, follows::Follow};
use souk_store_shops::shops::Shop;
use souk_web::{
    Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, Shopper, StoreCursors, route,
};

/// Lists the shops that the shopper follows.
#[derive(Debug)]
pub struct ListFollowedShops;

/// A shop that the shopper follows.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FollowedShop {
    /// The id of the shop.
    id: ShopId,
    /// Since when the shopper follows it.
    at: Timestamp,
    /// The shop as it is now. It is absent if the shop is not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<ShopSummary>,
}

/// A shop in a list.
#[derive(Debug, Serialize, JsonSchema)]
struct ShopSummary {
    /// The slug of the shop.
    slug: Slug,
    /// The name of the shop.
    name: ShopName,
}

impl Endpoint for ListFollowedShops {
    const ROUTE: Route = route!(GET "/v1/followed-shops");
    const SUMMARY: &'static str = "The shops you follow as they are now, newest follow first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Shopper;
    type Input = Query<Paging>;
    type Output = Json<Listed<FollowedShop>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        shopper: Shopper,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&shopper);
        let page = cx.store.follows().of(shopper.id, list.open(&paging)?, paging.limit()).await?;
        list.seal(page, view).map(Json)
    }
}

fn view((follow, shop): (Follow, Option<Shop>)) -> FollowedShop {
    let shop = shop.map(|shop| ShopSummary { slug: shop.slug, name: shop.name });
    FollowedShop { id: follow.shop, at: follow.at, shop }
}
