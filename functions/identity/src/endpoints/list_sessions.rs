//! `GET /v1/sessions` - where the principal is signed in. One read.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::SessionId;
use souk_store::Store;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Problem, Route, SignedInCaller, route};

/// Lists the sessions.
#[derive(Debug)]
pub struct ListSessions;

/// Where somebody is signed in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Sessions")]
pub struct Output {
    /// The sessions, the one used last first.
    items: Vec<SessionView>,
}

/// A signed-in device.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
struct SessionView {
    /// Names the session.
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    /// What the device calls itself.
    agent: String,
    /// The network address it was last used from.
    address: String,
    /// When somebody signed in.
    opened_at: Timestamp,
    /// When it was last refreshed.
    used_at: Timestamp,
    /// When it ends if it is not refreshed.
    expires_at: Timestamp,
}

impl Endpoint for ListSessions {
    const ROUTE: Route = route!(GET "/v1/sessions");
    const SUMMARY: &'static str = "The devices on which you are signed in";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<Output>;

    async fn handle(cx: &Cx<'_, Store>, SignedInCaller(who): SignedInCaller, (): ()) -> Result<Self::Output, Problem> {
        let (standing, mut sessions) = cx.access().sessions(who).await?;
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
        Ok(Json(Output { items: sessions.into_iter().map(view).collect() }))
    }
}
