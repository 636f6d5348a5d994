//! The door of [`outbox::sweep_outbox`].

souk_messaging::door!(schedule outbox::sweep_outbox);
