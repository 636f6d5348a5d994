//! The door of [`site::move_category`].

souk_messaging::door!(consumer site::move_category);
