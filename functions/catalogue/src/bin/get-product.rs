//! The door of [`catalogue::get_product`].

souk_web::door!(endpoint catalogue::get_product);
