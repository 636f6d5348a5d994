//! The door of [`identity::refresh`].

souk_web::door!(endpoint identity::refresh);
