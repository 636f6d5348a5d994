//! The door of [`orders::list_shop_orders`].

souk_web::door!(endpoint orders::list_shop_orders);
