//! `POST /v1/sellers/verify` - the code comes back, and the account exists.

use serde::Serialize;
use souk_domain::Realm;
use souk_web::{Anyone, Body, Code, Created, Cx, Endpoint, JsonSchema, Limit, Problem, Route, route};

use crate::{
    confirmation::{self, Confirmation},
    registration::StoreSealer,
};

/// Confirms a seller's registration.
#[derive(Debug)]
pub struct VerifySeller;

/// The account that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SellerAccount")]
pub struct Output {
    /// Names the seller.
    id: String,
}

impl Endpoint for VerifySeller {
    const ROUTE: Route = route!(POST "/v1/sellers/verify");
    const SUMMARY: &'static str = "Confirm a seller's registration with the code from the mail and the password again";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::WrongCode, Code::CodeLocked, Code::SellerBarred];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<Confirmation>;
    type Output = Created<Output>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<Confirmation>,
    ) -> Result<Self::Output, Problem> {
        let principal = confirmation::confirm(cx, Realm::Sellers, input).await?;
        Ok(Created(Output { id: principal.to_string() }))
    }
}
