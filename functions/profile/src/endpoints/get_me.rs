//! `GET /v1/me` - returns the caller's profile, with one read.

use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::view::{Me, profile};

/// Returns the caller's profile.
#[derive(Debug)]
pub struct GetMe;

impl Endpoint for GetMe {
    const ROUTE: Route = route!(GET "/v1/me");
    const SUMMARY: &'static str = "Your profile";

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<Me>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(principal): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        Ok(Json(Me::of(principal, &profile(cx, principal).await?, &cx.media)))
    }
}
