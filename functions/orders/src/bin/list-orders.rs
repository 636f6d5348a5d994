//! Runs [`orders::list_orders`].

souk_runtime::main!(orders::list_orders::ListOrders);
