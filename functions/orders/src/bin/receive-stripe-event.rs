//! The door of [`orders::receive_stripe_event`].

souk_web::door!(endpoint orders::receive_stripe_event);
