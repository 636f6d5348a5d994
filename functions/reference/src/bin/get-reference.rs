//! The door of [`reference::get_reference`].

souk_web::door!(endpoint reference::get_reference);
