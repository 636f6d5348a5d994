//! `GET /v1/me` - who is signed in. One read.

use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::view::{MeView, profile};

/// Says who is signed in.
#[derive(Debug)]
pub struct GetMe;

impl Endpoint for GetMe {
    const ROUTE: Route = route!(GET "/v1/me");
    const SUMMARY: &'static str = "Who you are";

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<MeView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(who): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        Ok(Json(MeView::of(who, &profile(cx, who).await?, &cx.media)))
    }
}
