//! Runs [`orders::cancel_shop_order`].

souk_runtime::main!(orders::cancel_shop_order::CancelShopOrder);
