//! `GET /v1/shop/orders` - lists the orders of the seller's shop, or those in one state, newest first.
//!
//! One read. Of one state, the table reads the others too: up to five reads of 100 orders for a page, which may be short
//! although the list continues.

use souk_domain::order::DeliveryState;
use souk_store_sales::SalesExt as _;
use souk_web::{
    Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Listed, PageSize, Paging, Problem, Query, Route, Seller,
    StoreCursors, route,
};

use crate::view::ShopOrderView;

/// Lists the orders of the seller's shop.
#[derive(Debug)]
pub struct ListShopOrders;

/// The state and the page.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ListShopOrdersQuery {
    /// Only orders in this state. A page may then have fewer entries than its limit, although it has a `next`.
    #[deserr(default)]
    state: Option<DeliveryState>,
    /// The `next` of the previous page. Without it, the first page.
    #[deserr(default)]
    cursor: Option<String>,
    /// How many entries at most; 20 if not given.
    #[deserr(default)]
    limit: Option<PageSize>,
}

impl Endpoint for ListShopOrders {
    const ROUTE: Route = route!(GET "/v1/shop/orders");
    const SUMMARY: &'static str = "The orders of your shop, newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Seller;
    type Input = Query<ListShopOrdersQuery>;
    type Output = Json<Listed<ShopOrderView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        seller: Seller,
        Query(input): Query<ListShopOrdersQuery>,
    ) -> Result<Self::Output, Problem> {
        let (state, paging) = (input.state, Paging::new(input.cursor, input.limit));
        let list = cx.cursors.list::<Self>(&seller).of(state);
        let page = cx.store.orders().list_at(seller.shop(), state, list.open(&paging)?, paging.limit()).await?;
        list.seal(page, |order| ShopOrderView::from(&order)).map(Json)
    }
}
