//! The door of [`identity::resend_user_code`].

souk_web::door!(endpoint identity::resend_user_code);
