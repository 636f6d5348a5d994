//! Live: WebSocket connections, and the frames that are pushed over them.

mod endpoints;
mod sockets;
mod workers;

pub use endpoints::*;
pub use sockets::*;
pub use workers::*;

use souk_live::{Frame, FrameData};

/// The frames that come over a socket from here.
pub fn frames() -> Vec<souk_web::openapi::Frame> {
    use souk_web::openapi::Frame as Described;
    vec![
        Described::of::<Frame<push_live::NewOrder>>(push_live::NewOrder::KIND),
        Described::of::<default_socket::Pong>("pong"),
        Described::of::<default_socket::NotUnderstood>("problem"),
    ]
}

souk_runtime::functions! {
    endpoints: [
        create_socket_ticket::CreateSocketTicket,
    ],
    sockets: [
        connect_socket::ConnectSocket,
        default_socket::DefaultSocket,
        disconnect_socket::DisconnectSocket,
    ],
    consumers: [
        push_live::PushLive,
    ],
}
