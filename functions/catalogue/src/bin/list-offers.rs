//! The door of [`catalogue::list_offers`].

souk_web::door!(endpoint catalogue::list_offers);
