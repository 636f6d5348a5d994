//! The door of [`notifications::list_notifications`].

souk_web::door!(endpoint notifications::list_notifications);
