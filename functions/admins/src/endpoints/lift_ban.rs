//! `DELETE /v1/admin/bans/{principal}` - somebody may come in again.

use souk_domain::audit::Action;
use souk_messaging::{Notice, tell};
use souk_store::{ATTEMPTS, happened};
use souk_web::{Admin, Code, Cx, Endpoint, NoContent, Path, Problem, Route, route};

use crate::{
    ban::Which,
    deps::{StoreFirstAdmin, record},
};

/// Lifts a ban.
#[derive(Debug)]
pub struct LiftBan;

impl Endpoint for LiftBan {
    const ROUTE: Route = route!(DELETE "/v1/admin/bans/{principal}");
    const SUMMARY: &'static str = "Let somebody sign in again; who is not banned may already";

    type Deps = StoreFirstAdmin;
    type Caller = Admin;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreFirstAdmin>,
        admin: Admin,
        Path(which): Path<Which>,
    ) -> Result<NoContent, Problem> {
        let who = which.principal;
        let record = record(cx, admin, Action::LiftBan, who, None);
        let news = tell(who, Notice::BanLifted, cx.now)?;
        for _ in 0..ATTEMPTS {
            let standing = cx.store.access().standing(who).await?;
            if standing.ban.is_none() {
                return cx.address_of(who).await.map(|_| NoContent);
            }
            if happened(cx.store.access().judge(&[standing.ban_lifted()], &record, &news).await)? {
                return Ok(NoContent);
            }
        }
        Err(Code::Unavailable.into())
    }
}
