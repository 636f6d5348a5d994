//! `POST /v1/sellers/verify` - the code comes back, and the account exists.

use serde::Serialize;
use souk_store::keys::Realm;
use souk_web::{Anyone, Body, Code, Created, Cx, Endpoint, JsonSchema, Limit, Problem, Route, route};

use crate::{
    confirmation::{self, Input},
    registration::Desk,
};

/// Confirms a seller's registration.
#[derive(Debug)]
pub struct Room;

/// The account that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SellerAccount")]
pub struct Output {
    /// Names the seller.
    id: String,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/sellers/verify");
    const SUMMARY: &'static str = "Confirm a seller's registration with the code from the mail and the password again";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::WrongCode, Code::CodeLocked, Code::SellerBarred];

    type Deps = Desk;
    type Caller = Anyone;
    type Input = Body<Input>;
    type Output = Created<Output>;

    async fn handle(cx: &Cx<'_, Desk>, _: Anyone, Body(input): Body<Input>) -> Result<Self::Output, Problem> {
        let principal = confirmation::confirm(cx, Realm::Sellers, input).await?;
        Ok(Created(Output { id: principal.to_string() }))
    }
}
