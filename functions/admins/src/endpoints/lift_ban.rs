//! `DELETE /v1/admin/bans/{principal}` - lifts the ban of a principal.

use souk_domain::audit::Action;
use souk_messaging::{Notice, tell};
use souk_store::{happened, retry_on_conflict};
use souk_web::{Admin, Cx, Endpoint, NoContent, Path, Problem, Route, route};

use crate::{ban::BanPath, deps::StoreFirstAdmin};

/// Lifts the ban of a principal.
#[derive(Debug)]
pub struct LiftBan;

impl Endpoint for LiftBan {
    const ROUTE: Route = route!(DELETE "/v1/admin/bans/{principal}");
    const SUMMARY: &'static str = "Lift a ban; this succeeds if there is no ban";

    type Deps = StoreFirstAdmin;
    type Caller = Admin;
    type Input = Path<BanPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreFirstAdmin>,
        admin: Admin,
        Path(path): Path<BanPath>,
    ) -> Result<NoContent, Problem> {
        let principal = path.principal;
        let record = admin.record(cx, Action::LiftBan, principal, None);
        let notice = tell(principal, Notice::BanLifted, cx.now)?;
        retry_on_conflict(|| async {
            let standing = cx.store.access().standing(principal).await?;
            if standing.ban.is_none() {
                return cx.email_of(principal).await.map(|_| Some(NoContent));
            }
            Ok(happened(cx.store.access().judge(&[standing.ban_lifted()], &record, &notice).await)?
                .then_some(NoContent))
        })
        .await
    }
}
