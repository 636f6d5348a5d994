//! The door of [`carts::set_cart_line`].

souk_web::door!(endpoint carts::set_cart_line);
