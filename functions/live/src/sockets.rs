//! The socket routes of this service.

pub mod connect_socket;
pub mod default_socket;
pub mod disconnect_socket;
