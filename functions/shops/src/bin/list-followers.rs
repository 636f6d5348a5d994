//! The door of [`shops::list_followers`].

souk_web::door!(endpoint shops::list_followers);
