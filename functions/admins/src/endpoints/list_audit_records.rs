//! `GET /v1/admin/audit` - what admins did. One read.

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

/// Lists audit records.
#[derive(Debug)]
pub struct ListAuditRecords;

/// Which records.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct ListAuditRecordsQuery {
    /// Only what was done to this shopper, seller, admin or category, or to the site as a whole.
    #[deserr(default)]
    subject: Option<Subject>,
    /// The `next` of the part before. Without it, the first part.
    #[deserr(default)]
    cursor: Option<String>,
    /// How many entries at most; 20 if not given.
    #[deserr(default)]
    limit: Option<PageSize>,
}

/// Something that an admin did.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditRecord")]
pub struct AuditView {
    /// Names the record.
    id: AuditId,
    /// When.
    at: Timestamp,
    /// Who did it.
    admin: AdminId,
    /// What.
    action: Action,
    /// To whom or what.
    subject: Subject,
    /// What there is to say about it: the reason of a ban, where the products of a category went.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl From<AuditRecord> for AuditView {
    fn from(record: AuditRecord) -> Self {
        let AuditRecord { id, at, admin, action, subject, detail } = record;
        Self { id, at, admin, action, subject, detail }
    }
}

impl Endpoint for ListAuditRecords {
    const ROUTE: Route = route!(GET "/v1/admin/audit");
    const SUMMARY: &'static str = "What admins did, the last first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Admin;
    type Input = Query<ListAuditRecordsQuery>;
    type Output = Json<Listed<AuditView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        _: Admin,
        Query(input): Query<ListAuditRecordsQuery>,
    ) -> Result<Self::Output, Problem> {
        let paging = Paging::new(input.cursor, input.limit);
        let list = input.subject.as_ref().map_or_else(|| "audit".to_owned(), |subject| format!("audit of {subject}"));
        let from = cx.cursors.open(&list, &paging)?;
        let page = cx.store.audit().list(input.subject.as_ref(), from, paging.limit()).await?;
        cx.cursors.seal(&list, page, AuditView::from).map(Json)
    }
}
