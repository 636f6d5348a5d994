//! Runs [`orders::apply_stripe_event`].

souk_runtime::main!(orders::apply_stripe_event::ApplyStripeEvent);
