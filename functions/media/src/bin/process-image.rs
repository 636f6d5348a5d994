//! Runs [`media::process_image`].

souk_runtime::main!(media::process_image::ProcessImage);
