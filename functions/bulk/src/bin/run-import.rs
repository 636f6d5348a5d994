//! The door of [`bulk::run_import`].

souk_messaging::door!(consumer bulk::run_import);
