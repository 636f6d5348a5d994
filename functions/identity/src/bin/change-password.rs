//! Runs [`identity::change_password`].

souk_runtime::main!(identity::change_password::ChangePassword);
