//! Runs [`media::delete_media`].

souk_runtime::main!(media::delete_media::DeleteMedia);
