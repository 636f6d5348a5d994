//! `POST /v1/sellers/verify` - confirms a seller's registration with the mailed code and creates the account.

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

/// The account that was created.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SellerAccount {
    /// The id of the seller.
    #[schemars(with = "souk_domain::SellerId")]
    id: String,
}

impl Endpoint for VerifySeller {
    const ROUTE: Route = route!(POST "/v1/sellers/verify");
    const SUMMARY: &'static str = "Confirm a seller's registration with the mailed code and the password";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::WrongCode, Code::CodeLocked, Code::SellerBarred];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<Confirmation>;
    type Output = Created<SellerAccount>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<Confirmation>,
    ) -> Result<Self::Output, Problem> {
        let principal = confirmation::confirm(cx, Realm::Sellers, input).await?;
        Ok(Created(SellerAccount { id: principal.to_string() }))
    }
}
