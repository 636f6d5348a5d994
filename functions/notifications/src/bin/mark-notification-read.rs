//! The door of [`notifications::mark_notification_read`].

souk_web::door!(endpoint notifications::mark_notification_read);
