//! The door of [`notifications::mark_all_notifications_read`].

souk_web::door!(endpoint notifications::mark_all_notifications_read);
