//! Runs [`orders::get_shop_order`].

souk_runtime::main!(orders::get_shop_order::GetShopOrder);
