//! `POST /v1/users` - registers a shopper and mails a code to the address.

use souk_domain::{Email, NewPassword, PersonName};
use souk_store_identity::codes::Applicant;
use souk_web::{
    Accepted, Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, route,
};

use crate::registration::{self, StoreSealer};

/// Registers a shopper.
#[derive(Debug)]
pub struct RegisterUser;

/// The registration of a shopper.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct UserRegistration {
    /// The name of the shopper.
    name: PersonName,
    /// The mail address for the code, and later for every mail.
    email: Email,
    /// The password to sign in with.
    password: NewPassword,
}

impl Endpoint for RegisterUser {
    const ROUTE: Route = route!(POST "/v1/users");
    const SUMMARY: &'static str =
        "Register as a shopper; the answer is the same for every address, and a code is mailed";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<UserRegistration>;
    type Output = Accepted;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<UserRegistration>,
    ) -> Result<Accepted, Problem> {
        let UserRegistration { name, email, password } = input;
        registration::register(cx, email, password.password(), Applicant::User { name }, cx.now).await
    }
}
