//! The door of [`live::default_socket`].

souk_live::door!(socket live::default_socket);
