//! `GET /v1/orders` - the shopper's orders, the newest first. One read.

use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Shopper, StoreCursors, route};

use crate::view::OrderView;

/// Lists orders.
#[derive(Debug)]
pub struct ListOrders;

impl Endpoint for ListOrders {
    const ROUTE: Route = route!(GET "/v1/orders");
    const SUMMARY: &'static str = "Your orders, the newest first";
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
        // Sealed for its owner: somebody else's cursor would lead into somebody else's list.
        let list = format!("orders of {}", shopper.id);
        let from = cx.cursors.open(&list, &paging)?;
        let page = cx.store.orders().list_of(shopper.id, from, paging.limit()).await?;
        cx.cursors.seal(&list, page, OrderView::from).map(Json)
    }
}
