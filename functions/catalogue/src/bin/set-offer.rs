//! The door of [`catalogue::set_offer`].

souk_web::door!(endpoint catalogue::set_offer);
