//! The door of [`live::create_socket_ticket`].

souk_web::door!(endpoint live::create_socket_ticket);
