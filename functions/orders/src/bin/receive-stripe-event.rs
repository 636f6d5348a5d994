//! Runs [`orders::receive_stripe_event`].

souk_runtime::main!(orders::receive_stripe_event::ReceiveStripeEvent);
