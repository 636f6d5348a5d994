//! The door of [`orders::get_shop_order`].

souk_web::door!(endpoint orders::get_shop_order);
