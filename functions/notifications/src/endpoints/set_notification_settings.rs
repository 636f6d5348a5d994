//! `PUT /v1/notification-settings` - how the caller wants to be told from now on. One write.

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

use crate::view::SettingsView;

/// Sets the settings.
#[derive(Debug)]
pub struct SetNotificationSettings;

/// What is wanted.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewNotificationSettings {
    /// What is wanted of some kinds. Everything about the kinds that are not here is on.
    kinds: Vec<Wish>,
}

/// What is wanted of a kind.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "NewNotificationSetting")]
struct Wish {
    /// What it is about.
    kind: NotificationKind,
    /// Whether letters about it go out; they do if it is not said. Those about security always do.
    #[deserr(default)]
    mail: Option<bool>,
    /// Whether notifications about it come; they do if it is not said.
    #[deserr(default)]
    in_app: Option<bool>,
}

impl Endpoint for SetNotificationSettings {
    const ROUTE: Route = route!(PUT "/v1/notification-settings");
    const SUMMARY: &'static str = "Choose how you want to be told of each kind of thing";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Body<NewNotificationSettings>;
    type Output = Json<SettingsView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(owner): SignedInCaller,
        Body(input): Body<NewNotificationSettings>,
    ) -> Result<Self::Output, Problem> {
        let settings = Settings { owner, kinds: chosen(owner, &input.kinds)? };
        cx.notifications().set(&settings).await?;
        Ok(Json(SettingsView::from(&settings)))
    }
}

/// What somebody chose, if all of it is theirs to choose.
fn chosen(owner: Principal, wishes: &[Wish]) -> Result<BTreeMap<NotificationKind, Channels>, FieldErrors> {
    let mut kinds = BTreeMap::new();
    let mut errors = FieldErrors::default();
    for (n, wish) in wishes.iter().enumerate() {
        let mut refuse = |field, code, detail| {
            errors.0.push(FieldError::new(format!("/kinds/{n}/{field}"), code, detail));
        };
        match (wish.kind.mail(owner), wish.mail) {
            (None, _) => refuse("kind", "unknown_value", "is nothing that you are told of"),
            (Some(Mail::Always), Some(false)) => refuse("mail", "not_optional", "these letters go out always"),
            (Some(Mail::Never), Some(true)) => refuse("mail", "not_available", "there are no letters about this"),
            (Some(_), _) => {}
        }
        let channels = Channels { mail: wish.mail.unwrap_or(true), in_app: wish.in_app.unwrap_or(true) };
        if kinds.insert(wish.kind, channels).is_some() {
            refuse("kind", "repeated", "may be there once only");
        }
    }
    if errors.0.is_empty() { Ok(kinds) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use souk_domain::UserId;

    use super::*;

    #[test]
    fn everything_that_is_not_ones_own_to_choose_is_refused_at_once() {
        let shopper = Principal::User(UserId::parse("user_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6").unwrap());
        let wish = |kind, mail| Wish { kind, mail, in_app: None };
        let wishes = [
            wish(NotificationKind::NewSeller, None),
            wish(NotificationKind::Security, Some(false)),
            wish(NotificationKind::OrderConfirmed, Some(false)),
            wish(NotificationKind::OrderConfirmed, None),
        ];
        let errors = chosen(shopper, &wishes).unwrap_err();
        let errors: Vec<_> = errors.0.iter().map(|error| (error.pointer.as_str(), error.code.as_ref())).collect();
        assert_eq!(
            errors,
            [("/kinds/0/kind", "unknown_value"), ("/kinds/1/mail", "not_optional"), ("/kinds/3/kind", "repeated")]
        );
    }
}
