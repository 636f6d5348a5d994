//! The door of [`catalogue::purge_products`].

souk_messaging::door!(schedule catalogue::purge_products);
