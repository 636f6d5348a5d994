//! `POST /v1/users/login/code` - mails a code that signs a shopper in.

use souk_web::{Accepted, Anyone, Body, Code, Cx, Endpoint, Limit, Problem, Route, route};

use crate::{codes::CodeRequest, confirm_login_code::subject, registration::StoreSealer};

/// Mails a code that signs a shopper in.
#[derive(Debug)]
pub struct RequestLoginCode;

impl Endpoint for RequestLoginCode {
    const ROUTE: Route = route!(POST "/v1/users/login/code");
    const SUMMARY: &'static str = "Mail a shopper a code to sign in with; the answer is the same for every address";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<CodeRequest>;
    type Output = Accepted;

    async fn handle(cx: &Cx<'_, StoreSealer>, _: Anyone, Body(input): Body<CodeRequest>) -> Result<Accepted, Problem> {
        cx.codes(cx.now).send(subject(input.email), None).await
    }
}
