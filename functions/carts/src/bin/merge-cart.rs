//! The door of [`carts::merge_cart`].

souk_web::door!(endpoint carts::merge_cart);
