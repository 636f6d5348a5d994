//! The door of [`identity::request_login_code`].

souk_web::door!(endpoint identity::request_login_code);
