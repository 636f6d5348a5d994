//! `POST /v1/sellers` - a seller registers; a code goes to the address.

use souk_domain::{Country, Email, NewPassword, PersonName, Phone};
use souk_store_identity::codes::Applicant;
use souk_web::{
    Accepted, Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, route,
};

use crate::registration::{self, StoreSealer};

/// Registers a seller.
#[derive(Debug)]
pub struct RegisterSeller;

/// Who wants to become a seller.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SellerRegistration {
    /// What they are called.
    name: PersonName,
    /// Where the code goes, and later every mail.
    email: Email,
    /// What they will sign in with.
    password: NewPassword,
    /// How to call them.
    phone: Phone,
    /// Where they sell from.
    country: Country,
}

impl Endpoint for RegisterSeller {
    const ROUTE: Route = route!(POST "/v1/sellers");
    const SUMMARY: &'static str = "Register as a seller; a code goes to the address, known or not";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<SellerRegistration>;
    type Output = Accepted;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<SellerRegistration>,
    ) -> Result<Accepted, Problem> {
        let SellerRegistration { name, email, password, phone, country } = input;
        registration::register(cx, email, password.password(), Applicant::Seller { name, phone, country }, cx.now).await
    }
}
