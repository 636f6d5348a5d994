//! `GET /v1/orders/{id}` - an order of one's own, with every shop's part. One read.

use souk_domain::OrderId;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Shopper, route};

use crate::{deps::Counter, view::OrderDetails};

/// Shows an order.
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
    const ROUTE: Route = route!(GET "/v1/orders/{id}");
    const SUMMARY: &'static str = "An order of yours, with every shop's part";

    type Deps = Counter;
    type Caller = Shopper;
    type Input = Path<Input>;
    type Output = Json<OrderDetails>;

    async fn handle(cx: &Cx<'_, Counter>, shopper: Shopper, Path(input): Path<Input>) -> Result<Self::Output, Problem> {
        let whole = cx.store.orders().of(shopper.id, input.id).await?.ok_or(Code::NotFound)?;
        Ok(Json(OrderDetails::of(whole.order, &whole.parts, &cx.media)))
    }
}
