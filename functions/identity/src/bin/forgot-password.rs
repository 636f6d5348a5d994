//! Runs [`identity::forgot_password`].

souk_runtime::main!(identity::forgot_password::ForgotPassword);
