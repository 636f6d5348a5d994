//! Runs [`media::keep_pictures`].

souk_runtime::main!(media::keep_pictures::KeepPictures);
