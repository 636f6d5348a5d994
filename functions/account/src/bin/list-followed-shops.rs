//! The door of [`account::list_followed_shops`].

souk_web::door!(endpoint account::list_followed_shops);
