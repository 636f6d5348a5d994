//! Runs [`notifications::get_notification_settings`].

souk_runtime::main!(notifications::get_notification_settings::GetNotificationSettings);
