//! `POST /v1/shop/orders/{id}/cancellations` - cancels pieces of the shop's part of an order that are not shipped yet.

use souk_store::Store;
use souk_web::{Body, Code, Created, Cx, Endpoint, Idempotent, Path, Problem, Route, Seller, route};

use crate::{
    cancelling::{CancellationView, Canceller, NewCancellation, cancel},
    delivery::ShopOrderPath,
};

/// Cancels pieces of a shop order.
#[derive(Debug)]
pub struct CancelShopOrder;

impl Endpoint for CancelShopOrder {
    const ROUTE: Route = route!(POST "/v1/shop/orders/{id}/cancellations");
    const SUMMARY: &'static str = "Cancel pieces of an order that you cannot ship; the money goes back to the buyer";
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const PROBLEMS: &'static [Code] = &[Code::NotLeft, Code::OrderState, Code::ShipmentLimit];

    type Deps = Store;
    type Caller = Seller;
    type Input = (Path<ShopOrderPath>, Body<NewCancellation>);
    type Output = Created<CancellationView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        cancel(cx, (path.id, seller.shop()), Canceller::Seller, input, key, cx.now).await
    }
}
