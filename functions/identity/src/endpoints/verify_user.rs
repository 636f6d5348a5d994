//! `POST /v1/users/verify` - confirms a shopper's registration with the mailed code and creates the account.

use serde::Serialize;
use souk_domain::Realm;
use souk_web::{Anyone, Body, Code, Created, Cx, Endpoint, JsonSchema, Limit, Problem, Route, route};

use crate::{
    confirmation::{self, Confirmation},
    registration::StoreSealer,
};

/// Confirms a shopper's registration.
#[derive(Debug)]
pub struct VerifyUser;

/// The account that was created.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserAccount {
    /// The id of the shopper.
    #[schemars(with = "souk_domain::UserId")]
    id: String,
}

impl Endpoint for VerifyUser {
    const ROUTE: Route = route!(POST "/v1/users/verify");
    const SUMMARY: &'static str = "Confirm a shopper's registration with the mailed code and the password";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::WrongCode, Code::CodeLocked];

    type Deps = StoreSealer;
    type Caller = Anyone;
    type Input = Body<Confirmation>;
    type Output = Created<UserAccount>;

    async fn handle(
        cx: &Cx<'_, StoreSealer>,
        _: Anyone,
        Body(input): Body<Confirmation>,
    ) -> Result<Self::Output, Problem> {
        let principal = confirmation::confirm(cx, Realm::Users, input).await?;
        Ok(Created(UserAccount { id: principal.to_string() }))
    }
}
