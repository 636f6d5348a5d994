//! The door of [`carts::remove_guest_discount`].

souk_web::door!(endpoint carts::remove_guest_discount);
