//! The door of [`media::create_upload`].

souk_web::door!(endpoint media::create_upload);
