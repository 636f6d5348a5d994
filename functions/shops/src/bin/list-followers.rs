//! Runs [`shops::list_followers`].

souk_runtime::main!(shops::list_followers::ListFollowers);
