//! The door of [`site::seed_site`].

souk_messaging::door!(deployment site::seed_site);
