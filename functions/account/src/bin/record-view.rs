//! The door of [`account::record_view`].

souk_web::door!(endpoint account::record_view);
