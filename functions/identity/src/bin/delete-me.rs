//! Runs [`identity::delete_me`].

souk_runtime::main!(identity::delete_me::DeleteMe);
