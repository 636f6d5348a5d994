//! `GET /v1/orders` - lists the shopper's orders, newest first, with one read.

use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Shopper, StoreCursors, route};

use crate::view::OrderView;

/// Lists the shopper's orders.
#[derive(Debug)]
pub struct ListOrders;

impl Endpoint for ListOrders {
    const ROUTE: Route = route!(GET "/v1/orders");
    const SUMMARY: &'static str = "Your orders, newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Shopper;
    type Input = Query<Paging>;
    type Output = Json<Listed<OrderView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        shopper: Shopper,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&shopper);
        let page = cx.store.orders().list_of(shopper.id, list.open(&paging)?, paging.limit()).await?;
        list.seal(page, OrderView::from).map(Json)
    }
}
