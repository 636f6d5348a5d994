//! The door of [`catalogue::list_products`].

souk_web::door!(endpoint catalogue::list_products);
