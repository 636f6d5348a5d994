//! The door of [`identity::register_seller`].

souk_web::door!(endpoint identity::register_seller);
