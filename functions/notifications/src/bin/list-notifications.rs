//! Runs [`notifications::list_notifications`].

souk_runtime::main!(notifications::list_notifications::ListNotifications);
