//! The door of [`catalogue::list_shop_products`].

souk_web::door!(endpoint catalogue::list_shop_products);
