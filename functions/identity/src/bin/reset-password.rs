//! Runs [`identity::reset_password`].

souk_runtime::main!(identity::reset_password::ResetPassword);
