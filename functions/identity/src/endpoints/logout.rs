//! `POST /v1/logout` - ends the session that sends the request.

use souk_store::Store;
use souk_web::{Audience, Code, Cx, Endpoint, Problem, Route, SignedInCaller, SignedOut, route};

use crate::session;

/// Ends the session that sends the request.
#[derive(Debug)]
pub struct Logout;

impl Endpoint for Logout {
    const ROUTE: Route = route!(POST "/v1/logout");
    const SUMMARY: &'static str = "Sign out on this device";
    // Whoever signs out twice, or after a ban, is signed out: the answer removes the cookie.
    const GUARDED: bool = false;

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = SignedOut;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(principal): SignedInCaller,
        (): (),
    ) -> Result<SignedOut, Problem> {
        let access = cx.access.ok_or(Code::NotSignedIn)?;
        session::end(cx, principal, access.session, cx.now).await?;
        Ok(SignedOut(Audience::of(principal)))
    }
}
