//! The door of [`carts::apply_guest_discount`].

souk_web::door!(endpoint carts::apply_guest_discount);
