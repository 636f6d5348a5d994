//! `POST /v1/shop/orders/{id}/shipments` - ships pieces of the shop's part of an order, or all that are left.
//!
//! One transaction writes the shop order, the shipment's place in the list of those under way, the event for the buyer and
//! the idempotent answer. It requires the shop order that was read, so parallel requests never ship a piece twice.

use souk_domain::{
    Quantity, SkuId,
    delivery::{NotShippable, Pieces, Progress, Tracking},
};
use souk_store::{Store, retry_on_conflict};
use souk_store_sales::{SalesExt as _, carts::MAX_LINES};
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldError, FieldErrors, Idempotent, JsonSchema, Path, Problem, Route,
    Seller, route,
};

use crate::delivery::{ShipmentView, ShopOrderPath, TrackingInput, not_saved, save};

/// Ships pieces of a shop order.
#[derive(Debug)]
pub struct CreateShipment;

/// What is shipped, and how it can be followed.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewShipment {
    /// The pieces, at most 100 different variants. Without them, all pieces that are left.
    #[deserr(default)]
    #[schemars(length(min = 1, max = 100))]
    lines: Option<Vec<ShippedLine>>,
    /// How the shipment can be followed.
    #[deserr(default)]
    tracking: Option<TrackingInput>,
}

/// Pieces of a variant to ship.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct ShippedLine {
    /// The id of the variant.
    sku: SkuId,
    /// The number of pieces.
    quantity: Quantity,
}

impl Endpoint for CreateShipment {
    const ROUTE: Route = route!(POST "/v1/shop/orders/{id}/shipments");
    const SUMMARY: &'static str = "Ship pieces of an order, or all that are left";
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const PROBLEMS: &'static [Code] = &[Code::NotLeftToShip, Code::ShipmentLimit];

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
        let lines = input.lines.unwrap_or_default();
        let pieces = pieces(&lines)?;
        let tracking = input.tracking.map(Tracking::from).unwrap_or_default();
        retry_on_conflict(|| async {
            let order = cx.orders().at(seller.shop(), path.id).await?.ok_or(Code::NotFound)?;
            let mut delivery = order.delivery.clone();
            let shipped = delivery.ship(&order.pieces(), pieces.clone(), tracking.clone(), cx.now);
            let shipment = shipped.map_err(|wrong| refusal(&wrong, &lines))?;
            let (number, view) = (shipment.number, ShipmentView::from(shipment));
            let answer = key.answer(&view, cx.now)?;
            let progress = Progress::Shipped { shipment: number };
            let saved = save(cx, &order, delivery, Some(progress), Some(&answer), cx.now).await.map_err(not_saved)?;
            Ok(saved.map(|_| Created(view)))
        })
        .await
    }
}

/// Checks the length of the list and refuses duplicates. Returns `None` for an empty list, which stands for everything.
///
/// # Errors
/// `invalid_input` with one error for each mistake.
fn pieces(lines: &[ShippedLine]) -> Result<Option<Pieces>, Problem> {
    let mut errors = FieldErrors::default();
    if lines.len() > MAX_LINES {
        errors.0.push(FieldError::new("/lines", "wrong_length", format!("must have at most {MAX_LINES} elements")));
    }
    let mut pieces = Pieces::new();
    for (n, line) in lines.iter().enumerate() {
        if pieces.insert(line.sku, line.quantity).is_some() {
            errors.0.push(FieldError::new(format!("/lines/{n}/sku"), "duplicate", "must not occur duplicate"));
        }
    }
    if !errors.0.is_empty() {
        return Err(errors.into());
    }
    Ok((!pieces.is_empty()).then_some(pieces))
}

/// Returns the problem for pieces that cannot be shipped.
fn refusal(wrong: &[NotShippable], lines: &[ShippedLine]) -> Problem {
    let place = |sku: &SkuId| lines.iter().position(|line| line.sku == *sku).unwrap_or_default();
    let unknown: Vec<FieldError> = wrong
        .iter()
        .filter_map(|wrong| match wrong {
            NotShippable::Unknown(sku) => Some(FieldError::new(
                format!("/lines/{}/sku", place(sku)),
                "not_found",
                "must be a variant that the order has",
            )),
            _ => None,
        })
        .collect();
    if !unknown.is_empty() {
        return FieldErrors(unknown).into();
    }
    if wrong.contains(&NotShippable::TooManyShipments) {
        return Code::ShipmentLimit.into();
    }
    wrong.iter().fold(Problem::new(Code::NotLeftToShip), |problem, wrong| match wrong {
        NotShippable::TooMany { sku, left } => {
            problem.field(format!("/lines/{}/quantity", place(sku)), "too_many", format!("must be at most {left}"))
        }
        _ => problem,
    })
}
