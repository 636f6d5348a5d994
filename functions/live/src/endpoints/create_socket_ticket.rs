//! `POST /v1/socket-tickets` - creates a ticket that opens one socket, once, within 30 seconds.

use jiff::Timestamp;
use serde::Serialize;
use souk_live::ticket;
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_web::{Code, Created, Cx, Deps, Endpoint, JsonSchema, Limit, Problem, Route, SignedInCaller, route};

/// Creates a socket ticket.
#[derive(Debug)]
pub struct CreateSocketTicket;

/// The table, and the address of the WebSocket API.
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

/// A ticket that opens one socket.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SocketTicket {
    /// The address to open the WebSocket at. It contains the ticket.
    url: String,
    /// When the ticket expires.
    expires_at: Timestamp,
}

impl Endpoint for CreateSocketTicket {
    const ROUTE: Route = route!(POST "/v1/socket-tickets");
    const SUMMARY: &'static str = "Create an address that opens one WebSocket, once, within 30 seconds";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(30, 30));

    type Deps = CreateSocketTicketDeps;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Created<SocketTicket>;

    async fn handle(
        cx: &Cx<'_, CreateSocketTicketDeps>,
        SignedInCaller(principal): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        let access = cx.access.ok_or(Code::NotSignedIn)?;
        let (text, ticket) = ticket::draw(principal, access.session, cx.now)?;
        cx.store.sockets().issue(&ticket).await?;
        Ok(Created(SocketTicket { url: format!("{}?ticket={text}", cx.url), expires_at: ticket.expires_at }))
    }
}
