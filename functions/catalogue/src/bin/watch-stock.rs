//! The door of [`catalogue::watch_stock`].

souk_messaging::door!(stream catalogue::watch_stock);
