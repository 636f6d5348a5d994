//! `GET /v1/shop/orders/{id}` - the seller's own part of an order. One read.

use souk_domain::OrderId;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Seller, route};

use crate::{deps::Counter, view::ShopOrderDetails};

/// Shows a shop's part of an order.
#[derive(Debug)]
pub struct Room;

/// Which order.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Input {
    /// The order's id.
    id: OrderId,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/shop/orders/{id}");
    const SUMMARY: &'static str = "Your shop's part of an order";

    type Deps = Counter;
    type Caller = Seller;
    type Input = Path<Input>;
    type Output = Json<ShopOrderDetails>;

    async fn handle(cx: &Cx<'_, Counter>, seller: Seller, Path(input): Path<Input>) -> Result<Self::Output, Problem> {
        let part = cx.store.orders().at(seller.shop(), input.id).await?.ok_or(Code::NotFound)?;
        Ok(Json(ShopOrderDetails::of(&part, &cx.media)))
    }
}
