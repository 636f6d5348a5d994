//! Notifications: what shoppers, sellers and admins are told, and how they want to be told.
//!
//! What happened comes from the queue and becomes a notification for everybody whom it concerns, at once over their open
//! sockets and afterwards in their list. The letters about the same events are the mail's; it asks the same settings.

pub mod get_notification_settings;
pub mod list_notifications;
pub mod mark_all_notifications_read;
pub mod mark_notification_read;
pub mod notify;
pub mod set_notification_settings;

mod alarm;
mod deps;
mod view;
mod words;

souk_web::endpoints![
    list_notifications,
    mark_notification_read,
    mark_all_notifications_read,
    get_notification_settings,
    set_notification_settings,
];
