//! `GET /v1/followed-shops` - the shops that the shopper follows, the newest follow first. Two reads.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{ShopId, ShopName, Slug};
use souk_store_shoppers::{ShoppersExt as _, follows::Follow};
use souk_store_shops::shops::Shop;
use souk_web::{
    Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, Shopper, StoreCursors, route,
};

/// Lists followed shops.
#[derive(Debug)]
pub struct ListFollowedShops;

/// A shop that the shopper follows.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FollowedShop")]
pub struct FollowedView {
    /// Names the shop.
    id: ShopId,
    /// Since when it is followed.
    at: Timestamp,
    /// What it is now; none where it is not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<SummaryView>,
}

/// What a list shows of a shop.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShopSummary")]
struct SummaryView {
    /// Its place in addresses.
    slug: Slug,
    /// What it is called.
    name: ShopName,
}

impl Endpoint for ListFollowedShops {
    const ROUTE: Route = route!(GET "/v1/followed-shops");
    const SUMMARY: &'static str = "The shops you follow as they are now, the newest follow first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Shopper;
    type Input = Query<Paging>;
    type Output = Json<Listed<FollowedView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        shopper: Shopper,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = format!("shops followed by {}", shopper.id);
        let from = cx.cursors.open(&list, &paging)?;
        let page = cx.store.follows().of(shopper.id, from, paging.limit()).await?;
        cx.cursors.seal(&list, page, view).map(Json)
    }
}

fn view((follow, shop): (Follow, Option<Shop>)) -> FollowedView {
    let shop = shop.map(|shop| SummaryView { slug: shop.slug, name: shop.name });
    FollowedView { id: follow.shop, at: follow.at, shop }
}
