//! The door of [`catalogue::edit_product`].

souk_web::door!(endpoint catalogue::edit_product);
