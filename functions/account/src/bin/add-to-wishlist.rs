//! The door of [`account::add_to_wishlist`].

souk_web::door!(endpoint account::add_to_wishlist);
