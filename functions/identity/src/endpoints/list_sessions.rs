//! `GET /v1/sessions` - lists the caller's sessions, with one read.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::SessionId;
use souk_store::Store;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Problem, Route, SignedInCaller, route};

/// Lists the caller's sessions.
#[derive(Debug)]
pub struct ListSessions;

/// The sessions of a principal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sessions {
    /// The sessions, the most recently used first.
    items: Vec<SessionView>,
}

/// A session on one device.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
struct SessionView {
    /// The id of the session.
    id: SessionId,
    /// Whether this session sent the request.
    current: bool,
    /// The `User-Agent` of the device.
    agent: String,
    /// The network address of the last refresh.
    address: String,
    /// When the session was opened by a sign-in.
    opened_at: Timestamp,
    /// When the session was last refreshed.
    used_at: Timestamp,
    /// When the session expires unless it is refreshed.
    expires_at: Timestamp,
}

impl Endpoint for ListSessions {
    const ROUTE: Route = route!(GET "/v1/sessions");
    const SUMMARY: &'static str = "The devices on which you are signed in";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<Sessions>;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(principal): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        let (standing, mut sessions) = cx.access().sessions(principal).await?;
        sessions.retain(|session| session.is_live(&standing, cx.now));
        sessions.sort_by_key(|session| std::cmp::Reverse(session.used_at));
        let current = cx.access.map(|access| access.session);
        let view = |session: souk_store::access::Session| SessionView {
            current: Some(session.id) == current,
            id: session.id,
            agent: session.agent,
            address: session.address,
            opened_at: session.opened_at,
            used_at: session.used_at,
            expires_at: session.expires_at,
        };
        Ok(Json(Sessions { items: sessions.into_iter().map(view).collect() }))
    }
}
