//! The door of [`carts::apply_discount`].

souk_web::door!(endpoint carts::apply_discount);
