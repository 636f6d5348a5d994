//! The door of [`catalogue::create_product`].

souk_web::door!(endpoint catalogue::create_product);
