//! The answers of this service: notifications and their settings.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{NotificationId, NotificationKind, notification::Mail};
use souk_live::FrameData;
use souk_store_live::notifications::{Notification, Settings};
use souk_web::JsonSchema;

/// A notification.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Notification")]
pub(crate) struct NotificationView {
    /// The id, unique for its owner.
    id: NotificationId,
    /// The kind of event.
    kind: NotificationKind,
    /// The title: a few words.
    title: String,
    /// The text: a sentence.
    text: String,
    /// A path in the owner's front end with more about it.
    link: String,
    /// Whether the owner marked it as read.
    read: bool,
    /// When the event happened.
    at: Timestamp,
}

impl FrameData for NotificationView {
    const KIND: &'static str = "notification";
}

impl NotificationView {
    pub(crate) fn of(notification: Notification, read: bool) -> Self {
        let Notification { id, content, at, .. } = notification;
        Self { id, kind: content.kind, title: content.title, text: content.text, link: content.link, read, at }
    }
}

/// The notification settings of a principal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotificationSettings {
    /// All kinds of notifications that this principal can get.
    kinds: Vec<NotificationSetting>,
}

/// The setting for one kind of notification.
#[derive(Debug, Serialize, JsonSchema)]
struct NotificationSetting {
    /// The kind of event.
    kind: NotificationKind,
    /// Whether mails about it are sent. It is absent if there are no such mails.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<bool>,
    /// Whether notifications about it are created.
    in_app: bool,
}

impl From<&Settings> for NotificationSettings {
    fn from(settings: &Settings) -> Self {
        let view = |kind: NotificationKind| {
            let channels = settings.of(kind);
            let mail = match kind.mail(settings.owner)? {
                Mail::Always => Some(true),
                Mail::ByChoice => Some(channels.mail),
                Mail::Never => None,
            };
            Some(NotificationSetting { kind, mail, in_app: channels.in_app })
        };
        Self { kinds: NotificationKind::ALL.into_iter().filter_map(view).collect() }
    }
}
