//! The door of [`media::process_image`].

souk_messaging::door!(consumer media::process_image);
