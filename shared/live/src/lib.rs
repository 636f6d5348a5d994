//! Sockets: the routes of the WebSocket API, tickets, and frames that are pushed to clients.
//!
//! A client opens a socket with a [`ticket`] and not with an access token, because logs contain addresses. A signed-in
//! client requests the ticket over HTTP. It is valid once, for 30 seconds. Ticket and socket
//! end with the session that requested the ticket. A [`Frame`] is delivered at least once and has the same id in every
//! delivery.

mod push;
mod socket;
pub mod ticket;

pub use push::{Frame, FrameData, PushError, Pusher};
pub use socket::{Refusal, Request, SocketRoute, function, serve_socket};
