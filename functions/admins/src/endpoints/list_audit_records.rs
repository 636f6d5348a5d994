//! `GET /v1/admin/audit` - lists what admins did, newest first, with one read.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    AdminId, AuditId,
    audit::{Action, Subject},
};
use souk_store::audit::AuditRecord;
use souk_web::{
    Admin, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Listed, PageSize, Paging, Problem, Query, Route,
    StoreCursors, route,
};

/// Lists the audit records.
#[derive(Debug)]
pub struct ListAuditRecords;

/// The filter and the page of the list.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ListAuditRecordsQuery {
    /// Only actions on this shopper, seller, admin or category, or on the site as a whole.
    #[deserr(default)]
    subject: Option<Subject>,
    /// The `next` of the previous page. Without it, the answer is the first page.
    #[deserr(default)]
    cursor: Option<String>,
    /// The largest number of items in the page. The default is 20.
    #[deserr(default)]
    limit: Option<PageSize>,
}

/// An action of an admin.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditRecord")]
pub struct AuditRecordView {
    /// The id of the record.
    id: AuditId,
    /// When the action happened.
    at: Timestamp,
    /// The admin who acted.
    admin: AdminId,
    /// The action.
    action: Action,
    /// The principal, category or site that the action changed.
    subject: Subject,
    /// A detail, such as the reason of a ban or the category that products were moved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl From<AuditRecord> for AuditRecordView {
    fn from(record: AuditRecord) -> Self {
        let AuditRecord { id, at, admin, action, subject, detail } = record;
        Self { id, at, admin, action, subject, detail }
    }
}

impl Endpoint for ListAuditRecords {
    const ROUTE: Route = route!(GET "/v1/admin/audit");
    const SUMMARY: &'static str = "The actions of admins, newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Admin;
    type Input = Query<ListAuditRecordsQuery>;
    type Output = Json<Listed<AuditRecordView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        admin: Admin,
        Query(input): Query<ListAuditRecordsQuery>,
    ) -> Result<Self::Output, Problem> {
        let paging = Paging::new(input.cursor, input.limit);
        let list = cx.cursors.list::<Self>(&admin).of(&input.subject);
        let page = cx.store.audit().list(input.subject.as_ref(), list.open(&paging)?, paging.limit()).await?;
        list.seal(page, AuditRecordView::from).map(Json)
    }
}
