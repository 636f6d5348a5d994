//! The door of [`catalogue::watch_products`].

souk_messaging::door!(stream catalogue::watch_products);
