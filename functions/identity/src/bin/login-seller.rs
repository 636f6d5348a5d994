//! Runs [`identity::login_seller`].

souk_runtime::main!(identity::login_seller::LoginSeller);
