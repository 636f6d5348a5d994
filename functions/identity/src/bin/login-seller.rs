//! The door of [`identity::login_seller`].

souk_web::door!(endpoint identity::login_seller);
