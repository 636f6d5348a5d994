//! Runs [`identity::register_user`].

souk_runtime::main!(identity::register_user::RegisterUser);
