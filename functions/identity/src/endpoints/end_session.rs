//! `DELETE /v1/sessions/{session}` - ends one of the caller's sessions.

use souk_domain::SessionId;
use souk_store::Store;
use souk_web::{Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, SignedInCaller, route};

use crate::session;

/// Ends one of the caller's sessions.
#[derive(Debug)]
pub struct EndSession;

/// The path of a session.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct EndSessionPath {
    /// The id of the session, from the list of sessions.
    session: SessionId,
}

impl Endpoint for EndSession {
    const ROUTE: Route = route!(DELETE "/v1/sessions/{session}");
    const SUMMARY: &'static str = "Sign out on one device; ending a session that does not exist succeeds";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Path<EndSessionPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(principal): SignedInCaller,
        Path(input): Path<EndSessionPath>,
    ) -> Result<NoContent, Problem> {
        session::end(cx, principal, input.session, cx.now).await?;
        Ok(NoContent)
    }
}
