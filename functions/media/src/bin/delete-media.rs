//! The door of [`media::delete_media`].

souk_web::door!(endpoint media::delete_media);
