//! The door of [`carts::create_guest_cart`].

souk_web::door!(endpoint carts::create_guest_cart);
