//! `GET /v1/admin/bans` - lists the banned principals, newest ban first, with one read.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{AdminId, BanReason, Principal};
use souk_store::access::Ban;
use souk_web::{
    Admin, Code, Cx, Endpoint, Json, JsonSchema, Listed, Paging, Problem, Query, Route, StoreCursors, route,
};

/// Lists the bans.
#[derive(Debug)]
pub struct ListBans;

/// A ban.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Ban")]
pub struct BanView {
    /// The banned shopper, seller or admin.
    principal: Principal,
    /// The reason, which the banned principal can read too.
    reason: BanReason,
    /// The admin who banned the principal.
    banned_by: AdminId,
    /// When the principal was banned.
    banned_at: Timestamp,
}

impl From<(Principal, Ban)> for BanView {
    fn from((principal, ban): (Principal, Ban)) -> Self {
        Self { principal, reason: ban.reason, banned_by: ban.by, banned_at: ban.at }
    }
}

impl Endpoint for ListBans {
    const ROUTE: Route = route!(GET "/v1/admin/bans");
    const SUMMARY: &'static str = "The bans, newest first";
    const PROBLEMS: &'static [Code] = &[Code::InvalidCursor];

    type Deps = StoreCursors;
    type Caller = Admin;
    type Input = Query<Paging>;
    type Output = Json<Listed<BanView>>;

    async fn handle(
        cx: &Cx<'_, StoreCursors>,
        admin: Admin,
        Query(paging): Query<Paging>,
    ) -> Result<Self::Output, Problem> {
        let list = cx.cursors.list::<Self>(&admin);
        let page = cx.store.access().bans(list.open(&paging)?, paging.limit()).await?;
        list.seal(page, BanView::from).map(Json)
    }
}
