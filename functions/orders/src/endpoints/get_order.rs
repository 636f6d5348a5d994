//! `GET /v1/orders/{id}` - returns an order of the shopper with every shop's part, with one read.

use souk_domain::OrderId;
use souk_store_sales::SalesExt as _;
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Shopper, route};

use crate::view::OrderDetails;

/// Returns an order of the shopper.
#[derive(Debug)]
pub struct GetOrder;

/// The path of an order.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetOrderPath {
    /// The id of the order.
    id: OrderId,
}

impl Endpoint for GetOrder {
    const ROUTE: Route = route!(GET "/v1/orders/{id}");
    const SUMMARY: &'static str = "An order of yours, with every shop's part";

    type Deps = StoreMedia;
    type Caller = Shopper;
    type Input = Path<GetOrderPath>;
    type Output = Json<OrderDetails>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        shopper: Shopper,
        Path(input): Path<GetOrderPath>,
    ) -> Result<Self::Output, Problem> {
        let found = cx.store.orders().of(shopper.id, input.id).await?.ok_or(Code::NotFound)?;
        Ok(Json(OrderDetails::of(found.order, &found.parts, &cx.media)))
    }
}
