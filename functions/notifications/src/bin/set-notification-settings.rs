//! The door of [`notifications::set_notification_settings`].

souk_web::door!(endpoint notifications::set_notification_settings);
