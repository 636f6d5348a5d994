//! `GET /v1/top-shops` - lists the open shops, the most followed first. Two reads.

use souk_store_shops::ShopsExt as _;
use souk_views::StoreMediaCursors;
use souk_web::{Anyone, Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, route};

use crate::view::TopShopView;

/// Lists top shops.
#[derive(Debug)]
pub struct ListTopShops;

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
        caller: Anyone,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&caller);
        let page = cx.store.shops().top(list.open(&paging)?, paging.limit()).await?;
        list.seal(page, |whole| TopShopView::of(&whole, &cx.media)).map(Json)
    }
}
