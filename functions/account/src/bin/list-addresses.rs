//! The door of [`account::list_addresses`].

souk_web::door!(endpoint account::list_addresses);
