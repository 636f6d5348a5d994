//! The door of [`catalogue::restore_product`].

souk_web::door!(endpoint catalogue::restore_product);
