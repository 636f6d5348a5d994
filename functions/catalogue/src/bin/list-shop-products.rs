//! Runs [`catalogue::list_shop_products`].

souk_runtime::main!(catalogue::list_shop_products::ListShopProducts);
