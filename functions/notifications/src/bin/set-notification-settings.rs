//! Runs [`notifications::set_notification_settings`].

souk_runtime::main!(notifications::set_notification_settings::SetNotificationSettings);
