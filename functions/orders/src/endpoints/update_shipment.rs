//! `PATCH /v1/shop/orders/{id}/shipments/{number}` - moves a shipment forward, and corrects how it can be followed.

use souk_domain::{
    OrderId,
    delivery::{NotMovable, Pieces, Progress, Step, Tracking},
};
use souk_messaging::Event;
use souk_store::{Store, retry_on_conflict};
use souk_store_sales::SalesExt as _;
use souk_web::{Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Seller, route};

use crate::delivery::{ShipmentNumber, ShipmentView, TrackingInput, not_saved, progressed, save};

/// Changes a shipment.
#[derive(Debug)]
pub struct UpdateShipment;

/// The path of a shipment.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ShipmentPath {
    /// The id of the order.
    id: OrderId,
    /// The number of the shipment within the shop order.
    number: ShipmentNumber,
}

/// The changes of a shipment. What is not given stays as it is.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ShipmentChanges {
    /// The state to which it moves. A shipment never moves back.
    #[deserr(default)]
    state: Option<NextState>,
    /// How it can be followed, as a whole.
    #[deserr(default)]
    tracking: Option<TrackingInput>,
}

/// A state to which a seller moves a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
#[schemars(rename = "NextShipmentState", rename_all = "snake_case")]
enum NextState {
    /// The carrier's driver set out with it.
    #[deserr(rename = "out_for_delivery")]
    OutForDelivery,
    /// It was delivered.
    #[deserr(rename = "delivered")]
    Delivered,
}

impl Endpoint for UpdateShipment {
    const ROUTE: Route = route!(PATCH "/v1/shop/orders/{id}/shipments/{number}");
    const SUMMARY: &'static str = "Move a shipment forward, or correct how it can be followed";
    const PROBLEMS: &'static [Code] = &[Code::OrderState];

    type Deps = Store;
    type Caller = Seller;
    type Input = (Path<ShipmentPath>, Body<ShipmentChanges>);
    type Output = Json<ShipmentView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let ShipmentNumber(shipment) = path.number;
        let next = input.state.map(|state| match state {
            NextState::OutForDelivery => (Step::OutForDelivery, Progress::OutForDelivery { shipment }),
            NextState::Delivered => (Step::Delivered, Progress::Delivered { shipment }),
        });
        let tracking = input.tracking.map(Tracking::from);
        retry_on_conflict(|| async {
            let order = cx.orders().at(seller.shop(), path.id).await?.ok_or(Code::NotFound)?;
            let mut delivery = order.delivery.clone();
            let moved = match next {
                Some((step, progress)) => {
                    delivery.advance(shipment, step, cx.now).map_err(refusal)?.then_some(progress)
                }
                None => None,
            };
            let changed = delivery.shipment_mut(shipment).ok_or(Code::NotFound)?;
            if let Some(tracking) = &tracking {
                changed.tracking = tracking.clone();
            }
            let view = Json(ShipmentView::from(&*changed));
            if delivery == order.delivery {
                return Ok(Some(view));
            }
            let events: Vec<Event> = moved.map(|progress| progressed(&order, progress)).into_iter().collect();
            let after = order.with(delivery);
            let saved = save(cx, &order, &after, &Pieces::new(), &events, None, cx.now).await.map_err(not_saved)?;
            Ok(saved.map(|()| view))
        })
        .await
    }
}

fn refusal(reason: NotMovable) -> Problem {
    match reason {
        NotMovable::Unknown => Code::NotFound.into(),
        NotMovable::Past(_) => Problem::new(Code::OrderState).field("/state", "out_of_order", "it was delivered"),
    }
}
