//! Runs [`live::connect_socket`].

souk_runtime::main!(live::connect_socket::ConnectSocket);
