//! The door of [`identity::resend_seller_code`].

souk_web::door!(endpoint identity::resend_seller_code);
