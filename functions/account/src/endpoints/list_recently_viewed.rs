//! `GET /v1/recently-viewed` - the products that the shopper looked at last. Two reads.

use serde::Serialize;
use souk_store_shoppers::ShoppersExt as _;
use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Problem, Route, Shopper, route};

use crate::product::{ProductLine, look_up};

/// Lists what was looked at.
#[derive(Debug)]
pub struct ListRecentlyViewed;

/// Products that were looked at.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecentlyViewed")]
pub struct Output {
    /// The products, the last one first; at most 30.
    items: Vec<ProductLine>,
}

impl Endpoint for ListRecentlyViewed {
    const ROUTE: Route = route!(GET "/v1/recently-viewed");
    const SUMMARY: &'static str = "The 30 products you looked at last, as they are now";

    type Deps = StoreMedia;
    type Caller = Shopper;
    type Input = ();
    type Output = Json<Output>;

    async fn handle(cx: &Cx<'_, StoreMedia>, shopper: Shopper, (): ()) -> Result<Self::Output, Problem> {
        let viewed = cx.store.views().of(shopper.id).await?;
        let line = look_up(&cx.store, &cx.media, &viewed, cx.now).await?;
        Ok(Json(Output { items: viewed.into_iter().map(line).collect() }))
    }
}
