//! Runs [`identity::renew_recovery_codes`].

souk_runtime::main!(identity::renew_recovery_codes::RenewRecoveryCodes);
