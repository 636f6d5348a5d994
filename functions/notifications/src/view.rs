//! Notifications and their settings as they are answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{NotificationId, NotificationKind, notification::Mail};
use souk_store_live::notifications::{Notification, Settings};
use souk_web::JsonSchema;

/// Something that its receiver was told.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Notification")]
pub(crate) struct NotificationView {
    /// Names it among one's own.
    id: NotificationId,
    /// What it is about.
    kind: NotificationKind,
    /// In a few words.
    title: String,
    /// In a sentence.
    text: String,
    /// Where there is more about it: a path within the receiver's own front end.
    link: String,
    /// Whether it was marked as read.
    read: bool,
    /// When it happened.
    at: Timestamp,
}

impl NotificationView {
    pub(crate) fn of(notification: Notification, read: bool) -> Self {
        let Notification { id, content, at, .. } = notification;
        Self { id, kind: content.kind, title: content.title, text: content.text, link: content.link, read, at }
    }
}

/// How somebody wants to be told.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationSettings")]
pub struct SettingsView {
    /// Every kind that there is for them.
    kinds: Vec<KindView>,
}

/// How somebody wants to be told of a kind.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationSetting")]
struct KindView {
    /// What it is about.
    kind: NotificationKind,
    /// Whether letters about it go out; none where there are no such letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<bool>,
    /// Whether notifications about it come.
    in_app: bool,
}

impl From<&Settings> for SettingsView {
    fn from(settings: &Settings) -> Self {
        let view = |kind: NotificationKind| {
            let channels = settings.of(kind);
            let mail = match kind.mail(settings.owner)? {
                Mail::Always => Some(true),
                Mail::ByChoice => Some(channels.mail),
                Mail::Never => None,
            };
            Some(KindView { kind, mail, in_app: channels.in_app })
        };
        Self { kinds: NotificationKind::ALL.into_iter().filter_map(view).collect() }
    }
}
