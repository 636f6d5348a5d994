//! The door of [`account::get_followed_shop`].

souk_web::door!(endpoint account::get_followed_shop);
