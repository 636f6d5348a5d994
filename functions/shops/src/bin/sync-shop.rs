//! The door of [`shops::sync_shop`].

souk_messaging::door!(consumer shops::sync_shop);
