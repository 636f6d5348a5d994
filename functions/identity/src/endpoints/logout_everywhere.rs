//! `POST /v1/logout/everywhere` - ends every session of the caller.

use souk_store::Store;
use souk_web::{Audience, Cx, Endpoint, Problem, Route, SignedInCaller, SignedOut, route};

use crate::session;

/// Ends every session of the caller.
#[derive(Debug)]
pub struct LogoutEverywhere;

impl Endpoint for LogoutEverywhere {
    const ROUTE: Route = route!(POST "/v1/logout/everywhere");
    const SUMMARY: &'static str = "Sign out on every device";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = SignedOut;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(principal): SignedInCaller,
        (): (),
    ) -> Result<SignedOut, Problem> {
        session::end_all(cx, principal, cx.now).await?;
        Ok(SignedOut(Audience::of(principal)))
    }
}
