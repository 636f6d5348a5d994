//! `GET /v1/admin/bans` - who may not come in. One read.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{AdminId, BanReason, Principal};
use souk_store::access::Ban;
use souk_web::{
    Admin, Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, StoreCursors, route,
};

/// Lists bans.
#[derive(Debug)]
pub struct ListBans;

/// A ban.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Ban")]
pub struct BanView {
    /// Who is banned: a shopper, a seller or an admin.
    principal: Principal,
    /// Why. They read it too.
    reason: BanReason,
    /// Who banned.
    banned_by: AdminId,
    /// Since when.
    banned_at: Timestamp,
}

impl From<(Principal, Ban)> for BanView {
    fn from((principal, ban): (Principal, Ban)) -> Self {
        Self { principal, reason: ban.reason, banned_by: ban.by, banned_at: ban.at }
    }
}

impl Endpoint for ListBans {
    const ROUTE: Route = route!(GET "/v1/admin/bans");
    const SUMMARY: &'static str = "Who is banned, the last first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Admin;
    type Input = Query<Paging>;
    type Output = Json<Listed<BanView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        _: Admin,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let from = cx.cursors.open("bans", &paging)?;
        let page = cx.store.access().bans(from, paging.limit()).await?;
        cx.cursors.seal("bans", page, BanView::from).map(Json)
    }
}
