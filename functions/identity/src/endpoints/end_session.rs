//! `DELETE /v1/sessions/{session}` - one of the principal's sessions is over.

use souk_domain::SessionId;
use souk_store::Store;
use souk_web::{Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, SignedInCaller, route};

/// Ends a session.
#[derive(Debug)]
pub struct EndSession;

/// Which session.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct EndSessionPath {
    /// Its name, from the list.
    session: SessionId,
}

impl Endpoint for EndSession {
    const ROUTE: Route = route!(DELETE "/v1/sessions/{session}");
    const SUMMARY: &'static str = "Sign out on one device; a session that is not there is over already";
    const GUARDED: bool = true;

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Path<EndSessionPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(who): SignedInCaller,
        Path(input): Path<EndSessionPath>,
    ) -> Result<NoContent, Problem> {
        cx.access().end(who, input.session).await?;
        Ok(NoContent)
    }
}
