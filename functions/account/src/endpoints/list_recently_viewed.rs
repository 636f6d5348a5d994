//! `GET /v1/recently-viewed` - lists the products that the shopper viewed last, with two reads.

use serde::Serialize;
use souk_store_shoppers::ShoppersExt as _;
use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Problem, Route, Shopper, route};

use crate::product::{ProductLine, product_lines};

/// Lists the shopper's recently viewed products.
#[derive(Debug)]
pub struct ListRecentlyViewed;

/// The recently viewed products of a shopper.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecentlyViewed {
    /// The products, last viewed first, at most 30.
    items: Vec<ProductLine>,
}

impl Endpoint for ListRecentlyViewed {
    const ROUTE: Route = route!(GET "/v1/recently-viewed");
    const SUMMARY: &'static str = "The 30 products you viewed last, as they are now";

    type Deps = StoreMedia;
    type Caller = Shopper;
    type Input = ();
    type Output = Json<RecentlyViewed>;

    async fn handle(cx: &Cx<'_, StoreMedia>, shopper: Shopper, (): ()) -> Result<Self::Output, Problem> {
        let viewed = cx.store.views().of(shopper.id).await?;
        let line = product_lines(&cx.store, &cx.media, &viewed, cx.now).await?;
        Ok(Json(RecentlyViewed { items: viewed.into_iter().map(line).collect() }))
    }
}
