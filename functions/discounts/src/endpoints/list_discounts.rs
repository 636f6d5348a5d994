//! `GET /v1/shop/discounts` - lists the discounts of the seller's shop, newest first, with two reads.

use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Listed, Paging, Problem, Query, Route, Seller, StoreCursors, route};

use crate::view::DiscountView;

/// Lists the discounts of the seller's shop.
#[derive(Debug)]
pub struct ListDiscounts;

impl Endpoint for ListDiscounts {
    const ROUTE: Route = route!(GET "/v1/shop/discounts");
    const SUMMARY: &'static str = "The discounts of your shop, newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Seller;
    type Input = Query<Paging>;
    type Output = Json<Listed<DiscountView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        seller: Seller,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&seller);
        let page = cx.store.discounts().list(seller.shop(), list.open(&paging)?, paging.limit()).await?;
        list.seal(page, |(discount, used)| DiscountView::of(discount, used)).map(Json)
    }
}
