//! The door of [`account::list_recently_viewed`].

souk_web::door!(endpoint account::list_recently_viewed);
