//! `POST /v1/sellers` - registers a seller and mails a code to the address.

use souk_domain::{Country, Email, NewPassword, PersonName, Phone};
use souk_store_identity::codes::Applicant;
use souk_web::{
    Accepted, Anyone, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, route,
};

use crate::registration::{self, StoreSealer};

/// Registers a seller.
#[derive(Debug)]
pub struct RegisterSeller;

/// The registration of a seller.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SellerRegistration {
    /// The name of the seller.
    name: PersonName,
    /// The mail address for the code, and later for every mail.
    email: Email,
    /// The password to sign in with.
    password: NewPassword,
    /// The phone number of the seller.
    phone: Phone,
    /// The country that the seller sells from.
    country: Country,
}

impl Endpoint for RegisterSeller {
    const ROUTE: Route = route!(POST "/v1/sellers");
    const SUMMARY: &'static str =
        "Register as a seller; the answer is the same for every address, and a code is mailed";
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
