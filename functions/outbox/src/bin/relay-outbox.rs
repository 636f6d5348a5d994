//! The door of [`outbox::relay_outbox`].

souk_messaging::door!(stream outbox::relay_outbox);
