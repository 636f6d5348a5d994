//! `DELETE /v1/payment-sessions/{id}` - ends a payment session of the shopper and releases its stock. Stripe closes the
//! page first.

use souk_domain::{PaymentSessionId, order::PaymentState};
use souk_store::retry_on_conflict;
use souk_store_sales::SalesExt as _;
use souk_web::{
    Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, NoContent, Path, Problem, Route, Shopper, route,
};

use crate::{deps::StoreStripe, payment_session::ending};

/// Ends a payment session of the shopper.
#[derive(Debug)]
pub struct CancelPaymentSession;

/// The path of a payment session.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct CancelPaymentSessionPath {
    /// The id of the payment session.
    id: PaymentSessionId,
}

impl Endpoint for CancelPaymentSession {
    const ROUTE: Route = route!(DELETE "/v1/payment-sessions/{id}");
    const SUMMARY: &'static str =
        "Give up a payment session of yours: its stock is released; one that has ended stays so";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::PaymentNotOpen];

    type Deps = StoreStripe;
    type Caller = Shopper;
    type Input = Path<CancelPaymentSessionPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreStripe>,
        shopper: Shopper,
        Path(input): Path<CancelPaymentSessionPath>,
    ) -> Result<NoContent, Problem> {
        retry_on_conflict(|| async {
            let session = cx.store.payments().of(shopper.id, input.id).await?.ok_or(Code::NotFound)?;
            if session.state == PaymentState::Paid {
                return Err(Problem::new(Code::PaymentNotOpen).detail("the payment session was paid"));
            }
            if !session.is_live() {
                return Ok(Some(NoContent));
            }
            let ended = ending::end_for_shopper(&cx.store, &cx.stripe, &session, cx.now).await?;
            Ok(ended.map(|()| NoContent))
        })
        .await
    }
}
