//! The door of [`carts::remove_cart_line`].

souk_web::door!(endpoint carts::remove_cart_line);
