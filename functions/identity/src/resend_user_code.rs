//! `POST /v1/users/verify/resend` - another code goes to the address.

use souk_store::keys::Realm;
use souk_web::{Accepted, Anyone, Body, Code, Cx, Endpoint, Limit, Problem, Route, route};

use crate::{
    codes::Input,
    registration::{Desk, subject},
};

/// Sends another code to a shopper who registered.
#[derive(Debug)]
pub struct Room;

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/users/verify/resend");
    const SUMMARY: &'static str =
        "Send another code to a shopper who registered; the answer is the same for every address";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = Desk;
    type Caller = Anyone;
    type Input = Body<Input>;
    type Output = Accepted;

    async fn handle(cx: &Cx<'_, Desk>, _: Anyone, Body(input): Body<Input>) -> Result<Accepted, Problem> {
        cx.codes(cx.now).send(subject(Realm::Users, input.email), None).await
    }
}
