//! Live: sockets, and what is told over them.

pub mod connect_socket;
pub mod create_socket_ticket;
pub mod default_socket;
pub mod disconnect_socket;
pub mod push_live;

souk_web::endpoints![create_socket_ticket];
