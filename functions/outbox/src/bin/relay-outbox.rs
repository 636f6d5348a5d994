//! Runs [`outbox::relay_outbox`].

souk_runtime::main!(outbox::relay_outbox::RelayOutbox);
