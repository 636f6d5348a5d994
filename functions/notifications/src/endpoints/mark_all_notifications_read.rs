//! `PUT /v1/notifications/read` - the caller has read all there is. One write.

use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_web::{Cx, Endpoint, NoContent, Problem, Route, SignedInCaller, route};

/// Marks all notifications as read.
#[derive(Debug)]
pub struct MarkAllNotificationsRead;

impl Endpoint for MarkAllNotificationsRead {
    const ROUTE: Route = route!(PUT "/v1/notifications/read");
    const SUMMARY: &'static str = "Mark all notifications as read that are there now";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, SignedInCaller(owner): SignedInCaller, (): ()) -> Result<NoContent, Problem> {
        cx.notifications().mark_all(owner).await?;
        Ok(NoContent)
    }
}
