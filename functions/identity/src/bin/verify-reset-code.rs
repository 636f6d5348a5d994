//! Runs [`identity::verify_reset_code`].

souk_runtime::main!(identity::verify_reset_code::VerifyResetCode);
