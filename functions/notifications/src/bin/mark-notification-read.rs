//! Runs [`notifications::mark_notification_read`].

souk_runtime::main!(notifications::mark_notification_read::MarkNotificationRead);
