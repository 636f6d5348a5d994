//! The door of [`carts::remove_discount`].

souk_web::door!(endpoint carts::remove_discount);
