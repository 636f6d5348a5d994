//! The door of [`notifications::get_notification_settings`].

souk_web::door!(endpoint notifications::get_notification_settings);
