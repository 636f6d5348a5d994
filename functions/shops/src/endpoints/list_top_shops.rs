//! `GET /v1/top-shops` - lists the open shops, the most followed first. Two reads.

use souk_store_shops::ShopsExt as _;
use souk_views::StoreMediaCursors;
use souk_web::{Anyone, Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, route};

use crate::view::TopShopView;

/// Lists top shops.
#[derive(Debug)]
pub struct ListTopShops;

const LIST: &str = "top shops";

impl Endpoint for ListTopShops {
    const ROUTE: Route = route!(GET "/v1/top-shops");
    const SUMMARY: &'static str = "The open shops, the most followed first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreMediaCursors;
    type Caller = Anyone;
    type Input = Query<Paging>;
    type Output = Json<Listed<TopShopView>>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCursors>,
        _: Anyone,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let from = cx.cursors.open(LIST, &paging)?;
        let page = cx.store.shops().top(from, paging.limit()).await?;
        cx.cursors.seal(LIST, page, |whole| TopShopView::of(&whole, &cx.media)).map(Json)
    }
}
