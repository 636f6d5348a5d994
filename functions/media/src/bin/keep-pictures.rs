//! The door of [`media::keep_pictures`].

souk_messaging::door!(consumer media::keep_pictures);
