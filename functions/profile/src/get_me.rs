//! `GET /v1/me` - who is signed in. One read.

use souk_web::{Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::{
    deps::Mirror,
    view::{MeView, profile},
};

/// Says who is signed in.
#[derive(Debug)]
pub struct Room;

impl Endpoint for Room {
    const ROUTE: Route = route!(GET "/v1/me");
    const SUMMARY: &'static str = "Who you are";

    type Deps = Mirror;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<MeView>;

    async fn handle(cx: &Cx<'_, Mirror>, SignedInCaller(who): SignedInCaller, (): ()) -> Result<Self::Output, Problem> {
        Ok(Json(MeView::of(who, &profile(cx, who).await?, &cx.media)))
    }
}
