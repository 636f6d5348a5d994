//! The door of [`catalogue::list_related_products`].

souk_web::door!(endpoint catalogue::list_related_products);
