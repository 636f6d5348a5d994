//! Sockets: who is connected, and how to tell them something.
//!
//! A socket is opened with a ticket, never with a token: addresses end up in logs. A signed-in client asks for the
//! [`ticket`] over HTTP, and it is good once, for 30 seconds. What is sent over a socket is a [`Frame`]; delivery is at least
//! once, and a frame's id is the same in every repetition.

mod push;
mod socket;
pub mod ticket;

pub use push::{Frame, PushError, Pusher};
pub use socket::{Refusal, Request, SocketRoute, function, serve_socket};

pub use lambda_runtime::Error;
pub use souk_runtime as runtime;
