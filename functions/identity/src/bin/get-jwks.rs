//! The door of [`identity::get_jwks`].

souk_web::door!(endpoint identity::get_jwks);
