//! `PUT /v1/notifications/read` - marks all notifications of the caller as read, with one write.

use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_web::{Cx, Endpoint, NoContent, Problem, Route, SignedInCaller, route};

/// Marks all notifications of the caller as read.
#[derive(Debug)]
pub struct MarkAllNotificationsRead;

impl Endpoint for MarkAllNotificationsRead {
    const ROUTE: Route = route!(PUT "/v1/notifications/read");
    const SUMMARY: &'static str = "Mark all your current notifications as read";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, SignedInCaller(owner): SignedInCaller, (): ()) -> Result<NoContent, Problem> {
        cx.notifications().mark_all(owner).await?;
        Ok(NoContent)
    }
}
