//! Runs [`catalogue::list_shop_offers`].

souk_runtime::main!(catalogue::list_shop_offers::ListShopOffers);
