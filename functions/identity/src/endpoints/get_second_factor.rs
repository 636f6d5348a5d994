//! `GET /v1/second-factor` - returns whether a sign-in of the caller requires a second factor.

use jiff::Timestamp;
use serde::Serialize;
use souk_store::Store;
use souk_store_identity::{IdentityExt as _, second_factor::SecondFactor};
use souk_web::{Code, Cx, Endpoint, Json, JsonSchema, Problem, Route, SignedInCaller, route};

use crate::second_factor::owner;

/// Returns the state of the caller's second factor.
#[derive(Debug)]
pub struct GetSecondFactor;

/// The state of the second factor.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SecondFactor")]
pub struct SecondFactorView {
    /// Whether a sign-in requires it.
    on: bool,
    /// When it was turned on.
    since: Option<Timestamp>,
    /// How many recovery codes are left.
    recovery_codes_left: u32,
}

impl Endpoint for GetSecondFactor {
    const ROUTE: Route = route!(GET "/v1/second-factor");
    const SUMMARY: &'static str = "Whether you sign in with a second factor";
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] = &[Code::Forbidden];

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<SecondFactorView>;

    async fn handle(cx: &Cx<'_, Store>, caller: SignedInCaller, (): ()) -> Result<Self::Output, Problem> {
        let factor = cx.second_factors().of(owner(caller)?).await?.filter(SecondFactor::is_on);
        Ok(Json(SecondFactorView {
            on: factor.is_some(),
            since: factor.as_ref().and_then(|factor| factor.confirmed_at),
            recovery_codes_left: factor.map_or(0, |factor| factor.uses.recovery_codes_left()),
        }))
    }
}
