//! Runs [`live::disconnect_socket`].

souk_runtime::main!(live::disconnect_socket::DisconnectSocket);
