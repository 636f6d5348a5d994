//! `POST /v1/logout/everywhere` - every session of the principal is over.

use souk_store::Store;
use souk_web::{Audience, Cx, Endpoint, Problem, Route, SignedInCaller, SignedOut, route};

use crate::session;

/// Signs out everywhere.
#[derive(Debug)]
pub struct LogoutEverywhere;

impl Endpoint for LogoutEverywhere {
    const ROUTE: Route = route!(POST "/v1/logout/everywhere");
    const SUMMARY: &'static str = "Sign out on every device";
    const GUARDED: bool = true;

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = SignedOut;

    async fn handle(cx: &Cx<'_, Store>, SignedInCaller(who): SignedInCaller, (): ()) -> Result<SignedOut, Problem> {
        session::end_all(cx, who).await?;
        Ok(SignedOut(Audience::of(who)))
    }
}
