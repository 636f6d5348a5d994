//! The door of [`live::push_live`].

souk_messaging::door!(consumer live::push_live);
