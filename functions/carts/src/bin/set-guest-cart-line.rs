//! The door of [`carts::set_guest_cart_line`].

souk_web::door!(endpoint carts::set_guest_cart_line);
