//! The door of [`reference::get_openapi`].

souk_web::door!(endpoint reference::get_openapi);
