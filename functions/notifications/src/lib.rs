//! Notifications of shoppers, sellers and admins, and their settings.
//!
//! Events come from a queue. A notification for every principal whom an event concerns is pushed over the open sockets
//! and stored in the principal's list. The service `mail` sends the mails about the same events and reads the same
//! settings.

mod alarm;
mod deps;
mod endpoints;
mod texts;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

use souk_live::{Frame, FrameData};

/// The frames that come over a socket from here.
pub fn frames() -> Vec<souk_web::openapi::Frame> {
    vec![souk_web::openapi::Frame::of::<Frame<view::NotificationView>>(view::NotificationView::KIND)]
}

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
