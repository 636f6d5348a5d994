//! The HTTP endpoints of this service, in reading order.

pub mod create_socket_ticket;
