//! `GET /v1/shop/orders/{id}` - returns the part of an order that the seller's shop sold, with one read.

use souk_store_sales::SalesExt as _;
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Endpoint, Json, Path, Problem, Route, Seller, route};

use crate::{delivery::ShopOrderPath, view::ShopOrderDetails};

/// Returns the shop's part of an order.
#[derive(Debug)]
pub struct GetShopOrder;

impl Endpoint for GetShopOrder {
    const ROUTE: Route = route!(GET "/v1/shop/orders/{id}");
    const SUMMARY: &'static str = "Your shop's part of an order";

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Path<ShopOrderPath>;
    type Output = Json<ShopOrderDetails>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Path(input): Path<ShopOrderPath>,
    ) -> Result<Self::Output, Problem> {
        let part = cx.store.orders().at(seller.shop(), input.id).await?.ok_or(Code::NotFound)?;
        Ok(Json(ShopOrderDetails::of(&part, &cx.media)))
    }
}
