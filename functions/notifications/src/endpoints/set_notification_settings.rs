//! `PUT /v1/notification-settings` - replaces the caller's notification settings, with one write.

use std::collections::BTreeMap;

use souk_domain::{
    NotificationKind, Principal,
    notification::{Channels, Mail},
};
use souk_store::Store;
use souk_store_live::{LiveExt as _, notifications::Settings};
use souk_web::{
    Body, Cx, Deserr, Endpoint, FieldError, FieldErrors, Json, JsonSchema, Problem, Route, SignedInCaller, route,
};

use crate::view::NotificationSettings;

/// Replaces the caller's notification settings.
#[derive(Debug)]
pub struct SetNotificationSettings;

/// The new settings.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewNotificationSettings {
    /// The settings for some kinds. Mails and notifications are on for every kind that is not in the list.
    kinds: Vec<NewNotificationSetting>,
}

/// The setting for one kind of notification.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct NewNotificationSetting {
    /// The kind of event.
    kind: NotificationKind,
    /// Whether mails about it are sent. The default is yes. Mails about security are always sent.
    #[deserr(default)]
    mail: Option<bool>,
    /// Whether notifications about it are created. The default is yes.
    #[deserr(default)]
    in_app: Option<bool>,
}

impl Endpoint for SetNotificationSettings {
    const ROUTE: Route = route!(PUT "/v1/notification-settings");
    const SUMMARY: &'static str = "Replace your notification settings";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Body<NewNotificationSettings>;
    type Output = Json<NotificationSettings>;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(owner): SignedInCaller,
        Body(input): Body<NewNotificationSettings>,
    ) -> Result<Self::Output, Problem> {
        let settings = Settings { owner, kinds: validate(owner, &input.kinds)? };
        cx.notifications().set(&settings).await?;
        Ok(Json(NotificationSettings::from(&settings)))
    }
}

/// Checks that the principal can choose all of these settings.
/// # Errors
/// One error for each setting that the principal cannot choose.
fn validate(
    owner: Principal,
    settings: &[NewNotificationSetting],
) -> Result<BTreeMap<NotificationKind, Channels>, FieldErrors> {
    let mut kinds = BTreeMap::new();
    let mut errors = FieldErrors::default();
    for (n, setting) in settings.iter().enumerate() {
        let mut refuse = |field, code, detail| {
            errors.0.push(FieldError::new(format!("/kinds/{n}/{field}"), code, detail));
        };
        match (setting.kind.mail(owner), setting.mail) {
            (None, _) => refuse("kind", "unknown_value", "must be a kind that you get notifications about"),
            (Some(Mail::Always), Some(false)) => {
                refuse("mail", "not_optional", "must be true: these mails are always sent");
            }
            (Some(Mail::Never), Some(true)) => {
                refuse("mail", "not_available", "must be false: there are no mails of this kind");
            }
            (Some(_), _) => {}
        }
        let channels = Channels { mail: setting.mail.unwrap_or(true), in_app: setting.in_app.unwrap_or(true) };
        if kinds.insert(setting.kind, channels).is_some() {
            refuse("kind", "repeated", "must not occur twice");
        }
    }
    if errors.0.is_empty() { Ok(kinds) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use souk_domain::UserId;

    use super::*;

    #[test]
    fn all_settings_that_a_principal_cannot_choose_are_refused_together() {
        let shopper = Principal::User(UserId::parse("user_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6").unwrap());
        let setting = |kind, mail| NewNotificationSetting { kind, mail, in_app: None };
        let settings = [
            setting(NotificationKind::NewSeller, None),
            setting(NotificationKind::Security, Some(false)),
            setting(NotificationKind::OrderConfirmed, Some(false)),
            setting(NotificationKind::OrderConfirmed, None),
        ];
        let errors = validate(shopper, &settings).unwrap_err();
        let errors: Vec<_> = errors.0.iter().map(|error| (error.pointer.as_str(), error.code.as_ref())).collect();
        assert_eq!(
            errors,
            [("/kinds/0/kind", "unknown_value"), ("/kinds/1/mail", "not_optional"), ("/kinds/3/kind", "repeated")]
        );
    }
}
