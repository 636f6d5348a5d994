//! The door of [`orders::create_payment_session`].

souk_web::door!(endpoint orders::create_payment_session);
