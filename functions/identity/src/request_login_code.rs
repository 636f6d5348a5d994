//! `POST /v1/users/login/code` - a code to sign in with goes to the address.

use souk_web::{Accepted, Anyone, Body, Code, Cx, Endpoint, Limit, Problem, Route, route};

use crate::{codes::Input, confirm_login_code::subject, registration::Desk};

/// Sends a shopper a code to sign in with.
#[derive(Debug)]
pub struct Room;

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/users/login/code");
    const SUMMARY: &'static str = "Send a shopper a code to sign in with; the answer is the same for every address";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = Desk;
    type Caller = Anyone;
    type Input = Body<Input>;
    type Output = Accepted;

    async fn handle(cx: &Cx<'_, Desk>, _: Anyone, Body(input): Body<Input>) -> Result<Accepted, Problem> {
        cx.codes(cx.now).send(subject(input.email), None).await
    }
}
