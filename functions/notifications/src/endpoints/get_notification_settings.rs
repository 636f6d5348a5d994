//! `GET /v1/notification-settings` - returns the caller's notification settings, with one read.

use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_web::{Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::view::NotificationSettings;

/// Returns the caller's notification settings.
#[derive(Debug)]
pub struct GetNotificationSettings;

impl Endpoint for GetNotificationSettings {
    const ROUTE: Route = route!(GET "/v1/notification-settings");
    const SUMMARY: &'static str = "Your notification settings for each kind of event";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<NotificationSettings>;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(owner): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        let settings = cx.notifications().settings(owner).await?;
        Ok(Json(NotificationSettings::from(&settings)))
    }
}
