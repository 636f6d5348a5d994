//! `POST /v1/shop/orders/{id}/shipments` - ships pieces of the shop's part of an order, or all that are left.
//!
//! One transaction writes the shop order, the shipment's place in the list of those under way, the event for the buyer and
//! the idempotent answer. It requires the shop order that was read, so parallel requests never ship a piece twice.

use souk_domain::delivery::{Pieces, Progress, Tracking};
use souk_store::{Store, retry_on_conflict};
use souk_store_sales::{SalesExt as _, carts::MAX_LINES};
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, Idempotent, JsonSchema, Path, Problem, Route, Seller, route,
};

use crate::{
    delivery::{ShipmentView, ShopOrderPath, TrackingInput, not_saved, progressed, save},
    pieces::{PiecesInput, not_left, pieces},
};

/// Ships pieces of a shop order.
#[derive(Debug)]
pub struct CreateShipment;

/// What is shipped, and how it can be followed.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewShipment {
    /// The pieces, 1 to 100 different variants. Without them, all pieces that are left.
    #[deserr(default)]
    #[schemars(length(max = 100))]
    lines: Option<Vec<PiecesInput>>,
    /// How the shipment can be followed.
    #[deserr(default)]
    tracking: Option<TrackingInput>,
}

impl Endpoint for CreateShipment {
    const ROUTE: Route = route!(POST "/v1/shop/orders/{id}/shipments");
    const SUMMARY: &'static str = "Ship pieces of an order, or all that are left";
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const PROBLEMS: &'static [Code] = &[Code::NotLeft, Code::ShipmentLimit];

    type Deps = Store;
    type Caller = Seller;
    type Input = (Path<ShopOrderPath>, Body<NewShipment>);
    type Output = Created<ShipmentView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        let pieces = pieces(input.lines.as_deref(), MAX_LINES)?;
        let lines = input.lines.unwrap_or_default();
        let tracking = input.tracking.map(Tracking::from).unwrap_or_default();
        retry_on_conflict(|| async {
            let order = cx.orders().at(seller.shop(), path.id).await?.ok_or(Code::NotFound)?;
            let mut delivery = order.delivery.clone();
            let shipped = delivery.ship(&order.pieces(), pieces.clone(), tracking.clone(), cx.now);
            let shipment = shipped.map_err(|wrong| not_left(&wrong, &lines))?;
            let (number, view) = (shipment.number, ShipmentView::from(shipment));
            let answer = key.answer(&view, cx.now)?;
            let events = [progressed(&order, Progress::Shipped { shipment: number })];
            let after = order.with(delivery);
            let saved = save(cx, &order, &after, &Pieces::new(), &events, Some(&answer), cx.now).await;
            Ok(saved.map_err(not_saved)?.map(|()| Created(view)))
        })
        .await
    }
}
