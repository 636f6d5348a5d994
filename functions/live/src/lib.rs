//! Live: WebSocket connections, and the frames that are pushed over them.

mod endpoints;
mod sockets;
mod workers;

pub use endpoints::*;
pub use sockets::*;
pub use workers::*;

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
