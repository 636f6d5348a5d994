//! The door of [`identity::verify_seller`].

souk_web::door!(endpoint identity::verify_seller);
