//! `GET /v1/payment-sessions/{id}` - returns a payment session of the shopper, with one read.

use souk_domain::PaymentSessionId;
use souk_store_sales::SalesExt as _;
use souk_views::StoreMedia;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Shopper, route};

use crate::view::PaymentSessionView;

/// Returns a payment session of the shopper.
#[derive(Debug)]
pub struct GetPaymentSession;

/// The path of a payment session.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetPaymentSessionPath {
    /// The id of the payment session.
    id: PaymentSessionId,
}

impl Endpoint for GetPaymentSession {
    const ROUTE: Route = route!(GET "/v1/payment-sessions/{id}");
    const SUMMARY: &'static str =
        "The state of a payment session of yours; once it is paid, the answer names the order";

    type Deps = StoreMedia;
    type Caller = Shopper;
    type Input = Path<GetPaymentSessionPath>;
    type Output = Json<PaymentSessionView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        shopper: Shopper,
        Path(input): Path<GetPaymentSessionPath>,
    ) -> Result<Self::Output, Problem> {
        let session = cx.store.payments().of(shopper.id, input.id).await?;
        session.map(|session| Json(PaymentSessionView::of(session, &cx.media))).ok_or_else(|| Code::NotFound.into())
    }
}
