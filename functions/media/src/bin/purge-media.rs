//! The door of [`media::purge_media`].

souk_messaging::door!(schedule media::purge_media);
