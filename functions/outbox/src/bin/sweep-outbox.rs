//! Runs [`outbox::sweep_outbox`].

souk_runtime::main!(outbox::sweep_outbox::SweepOutbox);
