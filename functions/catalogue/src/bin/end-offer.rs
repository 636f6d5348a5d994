//! The door of [`catalogue::end_offer`].

souk_web::door!(endpoint catalogue::end_offer);
