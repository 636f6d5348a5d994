//! Runs [`account::list_followed_shops`].

souk_runtime::main!(account::list_followed_shops::ListFollowedShops);
