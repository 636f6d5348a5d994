//! `GET /v1/shop/orders` - the orders of the seller's shop, the newest first. One read.

use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Seller, StoreCursors, route};

use crate::view::ShopOrderView;

/// Lists orders.
#[derive(Debug)]
pub struct ListShopOrders;

impl Endpoint for ListShopOrders {
    const ROUTE: Route = route!(GET "/v1/shop/orders");
    const SUMMARY: &'static str = "The orders of your shop, the newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Seller;
    type Input = Query<Paging>;
    type Output = Json<Listed<ShopOrderView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        seller: Seller,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        // Sealed for its owner: somebody else's cursor would lead into somebody else's list.
        let list = format!("orders of {}", seller.id);
        let from = cx.cursors.open(&list, &paging)?;
        let page = cx.store.orders().list_at(seller.shop(), from, paging.limit()).await?;
        cx.cursors.seal(&list, page, |order| ShopOrderView::from(&order)).map(Json)
    }
}
