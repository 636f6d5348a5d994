//! The door of [`identity::renew_recovery_codes`].

souk_web::door!(endpoint identity::renew_recovery_codes);
