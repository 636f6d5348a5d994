//! The door of [`live::disconnect_socket`].

souk_live::door!(socket live::disconnect_socket);
