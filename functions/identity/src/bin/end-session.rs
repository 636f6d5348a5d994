//! The door of [`identity::end_session`].

souk_web::door!(endpoint identity::end_session);
