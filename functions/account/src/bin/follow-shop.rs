//! Runs [`account::follow_shop`].

souk_runtime::main!(account::follow_shop::FollowShop);
