//! The door of [`media::get_upload`].

souk_web::door!(endpoint media::get_upload);
