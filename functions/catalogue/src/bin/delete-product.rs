//! The door of [`catalogue::delete_product`].

souk_web::door!(endpoint catalogue::delete_product);
