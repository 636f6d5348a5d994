//! Runs [`live::default_socket`].

souk_runtime::main!(live::default_socket::DefaultSocket);
