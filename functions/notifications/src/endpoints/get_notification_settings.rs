//! `GET /v1/notification-settings` - how the caller wants to be told. One read.

use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_web::{Cx, Endpoint, Json, Problem, Route, SignedInCaller, route};

use crate::view::SettingsView;

/// Shows the settings.
#[derive(Debug)]
pub struct GetNotificationSettings;

impl Endpoint for GetNotificationSettings {
    const ROUTE: Route = route!(GET "/v1/notification-settings");
    const SUMMARY: &'static str = "How you want to be told of each kind of thing";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<SettingsView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(owner): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        let settings = cx.notifications().settings(owner).await?;
        Ok(Json(SettingsView::from(&settings)))
    }
}
