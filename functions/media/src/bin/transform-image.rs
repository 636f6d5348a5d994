//! Runs [`media::transform_image`].

souk_runtime::main!(media::transform_image::TransformImage);
