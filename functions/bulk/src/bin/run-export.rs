//! The door of [`bulk::run_export`].

souk_messaging::door!(consumer bulk::run_export);
