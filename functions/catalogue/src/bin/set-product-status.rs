//! The door of [`catalogue::set_product_status`].

souk_web::door!(endpoint catalogue::set_product_status);
