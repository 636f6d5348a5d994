//! The door of [`search::rebuild_index`].

souk_messaging::door!(schedule search::rebuild_index);
