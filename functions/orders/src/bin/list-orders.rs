//! The door of [`orders::list_orders`].

souk_web::door!(endpoint orders::list_orders);
