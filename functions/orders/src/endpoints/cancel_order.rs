//! `POST /v1/orders/{id}/shops/{shop}/cancellations` - cancels pieces that the buyer ordered from a shop, before the shop has
//! packed them.

use souk_domain::{OrderId, ShopId};
use souk_store::Store;
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, Idempotent, JsonSchema, Path, Problem, Route, Shopper,
    route,
};

use crate::cancelling::{CancellationView, Canceller, NewCancellation, cancel};

/// Cancels pieces of a shop order.
#[derive(Debug)]
pub struct CancelOrder;

/// The part of an order that a shop sold.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct CancelOrderPath {
    /// The id of the order.
    id: OrderId,
    /// The id of the shop.
    shop: ShopId,
}

impl Endpoint for CancelOrder {
    const ROUTE: Route = route!(POST "/v1/orders/{id}/shops/{shop}/cancellations");
    const SUMMARY: &'static str = "Cancel pieces of your order before the shop has packed them; the money goes back";
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const PROBLEMS: &'static [Code] = &[Code::NotLeft, Code::OrderState, Code::ShipmentLimit];

    type Deps = Store;
    type Caller = Shopper;
    type Input = (Path<CancelOrderPath>, Body<NewCancellation>);
    type Output = Created<CancellationView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        cancel(cx, (path.id, path.shop), Canceller::Buyer(shopper.id), input, key, cx.now).await
    }
}
