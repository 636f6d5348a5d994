//! Runs [`account::unfollow_shop`].

souk_runtime::main!(account::unfollow_shop::UnfollowShop);
