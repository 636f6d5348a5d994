//! The door of [`orders::get_order`].

souk_web::door!(endpoint orders::get_order);
