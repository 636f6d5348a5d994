//! The door of [`account::remove_from_wishlist`].

souk_web::door!(endpoint account::remove_from_wishlist);
