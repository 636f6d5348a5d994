//! The door of [`catalogue::list_shop_offers`].

souk_web::door!(endpoint catalogue::list_shop_offers);
