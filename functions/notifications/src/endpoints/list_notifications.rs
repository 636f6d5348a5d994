//! `GET /v1/notifications` - what the caller was told, the newest first, and how much of it is unread. Two reads.

use serde::Serialize;
use souk_store_live::LiveExt as _;
use souk_web::{
    Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, SignedInCaller, StoreCursors, route,
};

use crate::view::NotificationView;

/// Lists notifications.
#[derive(Debug)]
pub struct ListNotifications;

/// A part of the list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Notifications")]
pub struct Output {
    #[serde(flatten)]
    part: Listed<NotificationView>,
    /// How many of the whole list are unread.
    unread: u64,
}

impl Endpoint for ListNotifications {
    const ROUTE: Route = route!(GET "/v1/notifications");
    const SUMMARY: &'static str =
        "What you were told in the last 90 days, the newest first, and how much of it is unread";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = SignedInCaller;
    type Input = Query<Paging>;
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        SignedInCaller(owner): SignedInCaller,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = format!("notifications of {owner}");
        let from = cx.cursors.open(&list, &paging)?;
        let (inbox, page) = cx.store.notifications().list(owner, from, paging.limit(), cx.now).await?;
        let part = cx.cursors.seal(&list, page, |notification| {
            let read = inbox.as_ref().is_some_and(|inbox| inbox.has_read(&notification));
            NotificationView::of(notification, read)
        })?;
        Ok(Json(Output { part, unread: inbox.map_or(0, |inbox| inbox.unread(cx.now)) }))
    }
}
