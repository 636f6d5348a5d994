//! The door of [`identity::confirm_login_code`].

souk_web::door!(endpoint identity::confirm_login_code);
