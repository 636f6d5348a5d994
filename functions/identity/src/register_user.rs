//! `POST /v1/users` - a shopper registers; a code goes to the address.

use souk_domain::{Email, NewPassword, PersonName};
use souk_store::codes::Applicant;
use souk_web::{
    Accepted, Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, route,
};

use crate::registration::{self, Desk};

/// Registers a shopper.
#[derive(Debug)]
pub struct Room;

/// Who wants to become a shopper.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "UserRegistration")]
pub struct Input {
    /// What they are called.
    name: PersonName,
    /// Where the code goes, and later every mail.
    email: Email,
    /// What they will sign in with.
    password: NewPassword,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/users");
    const SUMMARY: &'static str = "Register as a shopper; a code goes to the address, known or not";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = Desk;
    type Caller = Anyone;
    type Input = Body<Input>;
    type Output = Accepted;

    async fn handle(cx: &Cx<'_, Desk>, _: Anyone, Body(input): Body<Input>) -> Result<Accepted, Problem> {
        let Input { name, email, password } = input;
        registration::register(cx, email, password.password(), Applicant::User { name }, cx.now).await
    }
}
