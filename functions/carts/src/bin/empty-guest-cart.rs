//! The door of [`carts::empty_guest_cart`].

souk_web::door!(endpoint carts::empty_guest_cart);
