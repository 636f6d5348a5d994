//! The HTTP endpoints of this service, in reading order.

pub mod get_notification_settings;
pub mod list_notifications;
pub mod mark_all_notifications_read;
pub mod mark_notification_read;
pub mod set_notification_settings;
