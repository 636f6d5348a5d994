//! Notifications: what shoppers, sellers and admins are told, and how they want to be told.
//!
//! What happened comes from the queue and becomes a notification for everybody whom it concerns, at once over their open
//! sockets and afterwards in their list. The letters about the same events are the mail's; it asks the same settings.

mod alarm;
mod deps;
mod endpoints;
mod view;
mod words;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        list_notifications::ListNotifications,
        mark_notification_read::MarkNotificationRead,
        mark_all_notifications_read::MarkAllNotificationsRead,
        get_notification_settings::GetNotificationSettings,
        set_notification_settings::SetNotificationSettings,
    ],
    consumers: [
        notify::Notify,
    ],
}
