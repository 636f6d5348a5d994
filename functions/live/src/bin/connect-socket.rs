//! The door of [`live::connect_socket`].

souk_live::door!(socket live::connect_socket);
