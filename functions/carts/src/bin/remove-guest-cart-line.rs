//! The door of [`carts::remove_guest_cart_line`].

souk_web::door!(endpoint carts::remove_guest_cart_line);
