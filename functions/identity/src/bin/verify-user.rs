//! Runs [`identity::verify_user`].

souk_runtime::main!(identity::verify_user::VerifyUser);
