//! `GET /v1/payment-sessions/{id}` - where a payment session of one's own stands. One read.

use souk_domain::PaymentSessionId;
use souk_store::Store;
use souk_store_sales::SalesExt as _;
use souk_web::{Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Shopper, route};

use crate::view::SessionView;

/// Shows a payment session.
#[derive(Debug)]
pub struct GetPaymentSession;

/// Which session.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GetPaymentSessionPath {
    /// The session's id.
    id: PaymentSessionId,
}

impl Endpoint for GetPaymentSession {
    const ROUTE: Route = route!(GET "/v1/payment-sessions/{id}");
    const SUMMARY: &'static str = "Where a payment session of yours stands; once paid, it names the order";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<GetPaymentSessionPath>;
    type Output = Json<SessionView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        Path(input): Path<GetPaymentSessionPath>,
    ) -> Result<Self::Output, Problem> {
        let session = cx.payments().of(shopper.id, input.id).await?;
        session.map(|session| Json(session.into())).ok_or_else(|| Code::NotFound.into())
    }
}
