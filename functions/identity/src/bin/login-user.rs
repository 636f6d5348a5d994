//! Runs [`identity::login_user`].

souk_runtime::main!(identity::login_user::LoginUser);
