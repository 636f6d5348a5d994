//! `DELETE /v1/admin/admins/{id}` - takes an admin's rights away at once. The admin stays a shopper.

use souk_domain::{AdminId, Principal, audit::Action};
use souk_messaging::{Notice, tell};
use souk_store::{happened, retry_on_conflict};
use souk_store_identity::IdentityExt as _;
use souk_web::{Admin, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, route};

use crate::deps::StoreFirstAdmin;

/// Takes an admin's rights away.
#[derive(Debug)]
pub struct DemoteAdmin;

/// The path of an admin.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct DemoteAdminPath {
    /// The id of the admin.
    id: AdminId,
}

impl Endpoint for DemoteAdmin {
    const ROUTE: Route = route!(DELETE "/v1/admin/admins/{id}");
    const SUMMARY: &'static str = "Take an admin's rights away; they stay a shopper";
    const PROBLEMS: &'static [Code] = &[Code::NotYourself, Code::FirstAdmin];

    type Deps = StoreFirstAdmin;
    type Caller = Admin;
    type Input = Path<DemoteAdminPath>;
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreFirstAdmin>,
        admin: Admin,
        Path(input): Path<DemoteAdminPath>,
    ) -> Result<NoContent, Problem> {
        if input.id == admin.id {
            return Err(Code::NotYourself.into());
        }
        let demoted = Principal::Admin(input.id);
        let record = admin.record(cx, Action::DemoteAdmin, demoted, None);
        let notice = tell(Principal::User(input.id.into()), Notice::Demoted, cx.now)?;
        retry_on_conflict(|| async {
            let Some(known) = cx.store.admins().get(input.id).await? else { return Ok(Some(NoContent)) };
            cx.refuse_first(&known.email)?;
            let standing = cx.store.access().standing(demoted).await?.all_sessions_ended();
            Ok(happened(cx.store.admins().demote(&standing, input.id, &record, &notice).await)?.then_some(NoContent))
        })
        .await
    }
}
