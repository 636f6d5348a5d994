//! Runs [`shops::get_shop_by_domain`].

souk_runtime::main!(shops::get_shop_by_domain::GetShopByDomain);
