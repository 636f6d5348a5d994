//! The door of [`catalogue::get_own_product`].

souk_web::door!(endpoint catalogue::get_own_product);
