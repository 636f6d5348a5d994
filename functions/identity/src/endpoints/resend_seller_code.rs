//! `POST /v1/sellers/verify/resend` - mails another code to a seller who registered.

use souk_domain::Realm;
use souk_web::{Accepted, Anyone, Body, Code, Cx, Endpoint, Limit, Problem, Route, route};

use crate::{
    codes::CodeRequest,
    registration::{StoreSealer, subject},
};

/// Mails another code to a seller who registered.
#[derive(Debug)]
pub struct ResendSellerCode;

impl Endpoint for ResendSellerCode {
    const ROUTE: Route = route!(POST "/v1/sellers/verify/resend");
    const SUMMARY: &'static str =
        "Mail another code to a seller who registered; the answer is the same for every address";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<CodeRequest>;
    type Output = Accepted;

    async fn handle(cx: &Cx<'_, StoreSealer>, _: Anyone, Body(input): Body<CodeRequest>) -> Result<Accepted, Problem> {
        cx.codes(cx.now).send(subject(Realm::Sellers, input.email), None).await
    }
}
