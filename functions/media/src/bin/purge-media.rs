//! Runs [`media::purge_media`].

souk_runtime::main!(media::purge_media::PurgeMedia);
