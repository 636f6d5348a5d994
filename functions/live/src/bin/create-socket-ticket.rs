//! Runs [`live::create_socket_ticket`].

souk_runtime::main!(live::create_socket_ticket::CreateSocketTicket);
