//! The door of [`shops::purge_shops`].

souk_messaging::door!(schedule shops::purge_shops);
