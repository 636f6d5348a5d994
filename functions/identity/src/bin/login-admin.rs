//! Runs [`identity::login_admin`].

souk_runtime::main!(identity::login_admin::LoginAdmin);
