//! The door of [`identity::logout_everywhere`].

souk_web::door!(endpoint identity::logout_everywhere);
