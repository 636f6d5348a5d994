//! The door of [`media::transform_image`].

souk_messaging::door!(consumer media::transform_image);
