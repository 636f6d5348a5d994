//! Runs [`identity::confirm_login_code`].

souk_runtime::main!(identity::confirm_login_code::ConfirmLoginCode);
