//! `POST /v1/passwords/forgot` - a code to choose a new password with goes to the address.

use souk_domain::Email;
use souk_web::{
    Accepted, Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, route,
};

use crate::{
    registration::Desk,
    reset::{self, AccountKind},
};

/// Sends a code to reset a password.
#[derive(Debug)]
pub struct Room;

/// Whose password is forgotten.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "ForgottenPassword")]
pub struct Input {
    /// The address of the account.
    email: Email,
    /// Which of the accounts that the address may have.
    account: AccountKind,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/passwords/forgot");
    const SUMMARY: &'static str = "Send a code to choose a new password with; the answer is the same for every address";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = Desk;
    type Caller = Anyone;
    type Input = Body<Input>;
    type Output = Accepted;

    async fn handle(cx: &Cx<'_, Desk>, _: Anyone, Body(input): Body<Input>) -> Result<Accepted, Problem> {
        cx.codes(cx.now).send(reset::subject(input.account, input.email), None).await
    }
}
