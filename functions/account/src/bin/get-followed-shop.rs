//! Runs [`account::get_followed_shop`].

souk_runtime::main!(account::get_followed_shop::GetFollowedShop);
