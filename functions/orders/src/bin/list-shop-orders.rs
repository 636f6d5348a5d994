//! Runs [`orders::list_shop_orders`].

souk_runtime::main!(orders::list_shop_orders::ListShopOrders);
