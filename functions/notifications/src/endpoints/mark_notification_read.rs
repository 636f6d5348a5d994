//! `PUT /v1/notifications/{notification}/read` - marks a notification of the caller as read. Repeating the request
//! changes nothing.

use souk_domain::NotificationId;
use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_web::{
    Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, SignedInCaller, route,
};

/// Marks a notification of the caller as read.
#[derive(Debug)]
pub struct MarkNotificationRead;

/// The path of a notification.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct MarkNotificationReadPath {
    /// The id of the notification.
    notification: NotificationId,
}

impl Endpoint for MarkNotificationRead {
    const ROUTE: Route = route!(PUT "/v1/notifications/{notification}/read");
    const SUMMARY: &'static str = "Mark a notification as read; marking it again changes nothing";

    type Deps = Store;
    type Caller = SignedInCaller;
    type Input = Path<MarkNotificationReadPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, Store>,
        SignedInCaller(owner): SignedInCaller,
        Path(input): Path<MarkNotificationReadPath>,
    ) -> Result<NoContent, Problem> {
        match cx.notifications().mark(owner, input.notification, cx.now).await? {
            true => Ok(NoContent),
            false => Err(Code::NotFound.into()),
        }
    }
}
