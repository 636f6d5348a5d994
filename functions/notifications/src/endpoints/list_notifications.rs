//! `GET /v1/notifications` - lists the caller's notifications, newest first, and counts the unread ones, with two
//! reads.

use serde::Serialize;
use souk_store_live::LiveExt as _;
use souk_web::{
    Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, SignedInCaller, StoreCursors, route,
};

use crate::view::NotificationView;

/// Lists the caller's notifications.
#[derive(Debug)]
pub struct ListNotifications;

/// A page of the notifications, and the number of unread ones.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Notifications {
    #[serde(flatten)]
    page: Listed<NotificationView>,
    /// The number of unread notifications in the whole list.
    unread: u64,
}

impl Endpoint for ListNotifications {
    const ROUTE: Route = route!(GET "/v1/notifications");
    const SUMMARY: &'static str =
        "Your notifications of the last 90 days, newest first, and how many of them are unread";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = SignedInCaller;
    type Input = Query<Paging>;
    type Output = Json<Notifications>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        caller: SignedInCaller,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&caller);
        let (inbox, page) =
            cx.store.notifications().list(caller.0, list.open(&paging)?, paging.limit(), cx.now).await?;
        let page = list.seal(page, |notification| {
            let read = inbox.as_ref().is_some_and(|inbox| inbox.has_read(&notification));
            NotificationView::of(notification, read)
        })?;
        Ok(Json(Notifications { page, unread: inbox.map_or(0, |inbox| inbox.unread(cx.now)) }))
    }
}
