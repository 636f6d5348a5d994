//! The door of [`media::create_transformation`].

souk_web::door!(endpoint media::create_transformation);
