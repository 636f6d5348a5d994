//! The door of [`carts::get_cart`].

souk_web::door!(endpoint carts::get_cart);
