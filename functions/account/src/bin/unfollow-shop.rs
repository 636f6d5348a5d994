//! The door of [`account::unfollow_shop`].

souk_web::door!(endpoint account::unfollow_shop);
