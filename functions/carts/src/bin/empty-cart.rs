//! The door of [`carts::empty_cart`].

souk_web::door!(endpoint carts::empty_cart);
