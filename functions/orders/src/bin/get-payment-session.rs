//! The door of [`orders::get_payment_session`].

souk_web::door!(endpoint orders::get_payment_session);
