//! The door of [`identity::delete_me`].

souk_web::door!(endpoint identity::delete_me);
