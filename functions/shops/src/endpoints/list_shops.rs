//! `GET /v1/shops` - lists the open shops, the newest first. One read.

use souk_store_shops::ShopsExt as _;
use souk_views::StoreMediaCursors;
use souk_web::{Anyone, Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, route};

use crate::view::ShopCardView;

/// Lists shops.
#[derive(Debug)]
pub struct ListShops;

impl Endpoint for ListShops {
    const ROUTE: Route = route!(GET "/v1/shops");
    const SUMMARY: &'static str = "The open shops, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreMediaCursors;
    type Caller = Anyone;
    type Input = Query<Paging>;
    type Output = Json<Listed<ShopCardView>>;

    async fn handle(
        cx: &Cx<'_, StoreMediaCursors>,
        caller: Anyone,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&caller);
        let page = cx.store.shops().newest(list.open(&paging)?, paging.limit()).await?;
        list.seal(page, |shop| ShopCardView::of(&shop, &cx.media)).map(Json)
    }
}
