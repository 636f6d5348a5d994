//! `POST /v1/socket-tickets` - a right to open one socket, once, within 30 seconds.

use jiff::Timestamp;
use serde::Serialize;
use souk_live::ticket;
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_web::{Created, Cx, Deps, Endpoint, JsonSchema, Limit, Problem, Route, SignedInCaller, route};

/// Hands out tickets.
#[derive(Debug)]
pub struct CreateSocketTicket;

/// The table, and where the sockets are.
#[derive(Debug)]
pub struct CreateSocketTicketDeps {
    store: Store,
    url: String,
}

impl Connect for CreateSocketTicketDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, url: start.setting("SOCKET_URL")? })
    }
}

impl Deps for CreateSocketTicketDeps {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// A ticket.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SocketTicket")]
pub struct Output {
    /// Open a WebSocket here: the ticket is in it.
    url: String,
    /// From when on it is refused.
    expires_at: Timestamp,
}

impl Endpoint for CreateSocketTicket {
    const ROUTE: Route = route!(POST "/v1/socket-tickets");
    const SUMMARY: &'static str = "An address to open one WebSocket at, once, within 30 seconds";
    // A socket outlives an access token, so whoever is out must not open one with the token's last minutes.
    const GUARDED: bool = true;
    const LIMIT: Option<Limit> = Some(Limit::per_minute(30, 30));

    type Deps = CreateSocketTicketDeps;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Created<Output>;

    async fn handle(
        cx: &Cx<'_, CreateSocketTicketDeps>,
        SignedInCaller(principal): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        let (text, ticket) = ticket::draw(principal, cx.now)?;
        cx.store.sockets().issue(&ticket).await?;
        Ok(Created(Output { url: format!("{}?ticket={text}", cx.url), expires_at: ticket.expires_at }))
    }
}
