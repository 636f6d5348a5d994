//! The door of [`orders::apply_stripe_event`].

souk_messaging::door!(consumer orders::apply_stripe_event);
