//! The door of [`catalogue::list_all_products`].

souk_web::door!(endpoint catalogue::list_all_products);
