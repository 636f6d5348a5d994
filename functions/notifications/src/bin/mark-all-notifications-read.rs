//! Runs [`notifications::mark_all_notifications_read`].

souk_runtime::main!(notifications::mark_all_notifications_read::MarkAllNotificationsRead);
