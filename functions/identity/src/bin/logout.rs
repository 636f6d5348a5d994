//! Runs [`identity::logout`].

souk_runtime::main!(identity::logout::Logout);
