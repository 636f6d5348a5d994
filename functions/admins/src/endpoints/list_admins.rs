//! `GET /v1/admin/admins` - lists the admins, with two reads.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{AdminId, Email, PersonName};
use souk_store_identity::{IdentityExt as _, accounts::User, admins};
use souk_web::{
    Admin, Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, StoreCursors, route,
};

/// Lists the admins.
#[derive(Debug)]
pub struct ListAdmins;

/// An admin.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Admin")]
pub struct AdminView {
    /// The id of the admin.
    id: AdminId,
    /// The admin's current name.
    name: PersonName,
    /// The admin's current mail address.
    email: Email,
    /// The admin who promoted this one. It is absent for the first admin, whom the deployment names.
    #[serde(skip_serializing_if = "Option::is_none")]
    promoted_by: Option<AdminId>,
    /// When the shopper became an admin.
    promoted_at: Timestamp,
}

impl From<(admins::Admin, User)> for AdminView {
    fn from((admin, user): (admins::Admin, User)) -> Self {
        let admins::Admin { id, promoted_by, promoted_at, .. } = admin;
        Self { id, name: user.name, email: user.email, promoted_by, promoted_at }
    }
}

impl Endpoint for ListAdmins {
    const ROUTE: Route = route!(GET "/v1/admin/admins");
    const SUMMARY: &'static str = "The admins, newest account first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Admin;
    type Input = Query<Paging>;
    type Output = Json<Listed<AdminView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        admin: Admin,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&admin);
        let page = cx.store.admins().page(list.open(&paging)?, paging.limit()).await?;
        list.seal(page, AdminView::from).map(Json)
    }
}
