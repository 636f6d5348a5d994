//! The door of [`catalogue::list_own_products`].

souk_web::door!(endpoint catalogue::list_own_products);
