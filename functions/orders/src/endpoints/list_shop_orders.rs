//! `GET /v1/shop/orders` - lists the orders of the seller's shop, newest first, with one read.

use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Seller, StoreCursors, route};

use crate::view::ShopOrderView;

/// Lists the orders of the seller's shop.
#[derive(Debug)]
pub struct ListShopOrders;

impl Endpoint for ListShopOrders {
    const ROUTE: Route = route!(GET "/v1/shop/orders");
    const SUMMARY: &'static str = "The orders of your shop, newest first";
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
        let list = cx.cursors.list::<Self>(&seller);
        let page = cx.store.orders().list_at(seller.shop(), list.open(&paging)?, paging.limit()).await?;
        list.seal(page, |order| ShopOrderView::from(&order)).map(Json)
    }
}
