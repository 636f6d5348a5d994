//! The door of [`carts::get_guest_cart`].

souk_web::door!(endpoint carts::get_guest_cart);
