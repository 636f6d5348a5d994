//! The door of [`account::list_wishlist`].

souk_web::door!(endpoint account::list_wishlist);
