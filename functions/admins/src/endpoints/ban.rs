//! `PUT /v1/admin/bans/{principal}` - bans a principal and ends all its sessions at once.
//!
//! A shopper may be an admin too. So the ban of a shopper also ends the shopper's sessions as an admin, and refuses
//! both sign-ins.

use souk_domain::{BanReason, Principal, audit::Action};
use souk_messaging::{Notice, tell};
use souk_store::{access, happened, retry_on_conflict};
use souk_web::{
    Admin, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, route,
};

use crate::deps::StoreFirstAdmin;

/// Bans a principal.
#[derive(Debug)]
pub struct Ban;

/// The path of a ban.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct BanPath {
    /// The id of a shopper, a seller or an admin.
    pub(crate) principal: Principal,
}

/// A ban.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewBan {
    /// The reason. The banned principal reads it after an attempt to sign in. A new reason replaces the old one.
    reason: BanReason,
}

impl Endpoint for Ban {
    const ROUTE: Route = route!(PUT "/v1/admin/bans/{principal}");
    const SUMMARY: &'static str = "Ban a shopper, seller or admin and end all their sessions";
    const PROBLEMS: &'static [Code] = &[Code::NotYourself, Code::FirstAdmin];

    type Deps = StoreFirstAdmin;
    type Caller = Admin;
    type Input = (Path<BanPath>, Body<NewBan>);
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreFirstAdmin>,
        admin: Admin,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<NoContent, Problem> {
        let principal = path.principal;
        refuse_protected(cx, admin, principal).await?;
        let record = admin.record(cx, Action::Ban, principal, Some(input.reason.to_string()));
        let notice = tell(principal, Notice::Banned { reason: input.reason.clone() }, cx.now)?;
        let access = cx.store.access();
        retry_on_conflict(|| async {
            let standing = access.standing(principal).await?;
            let ban = match &standing.ban {
                Some(ban) if ban.reason == input.reason => return Ok(Some(NoContent)),
                Some(ban) => access::Ban { reason: input.reason.clone(), ..ban.clone() },
                None => access::Ban { reason: input.reason.clone(), by: admin.id, at: cx.now },
            };
            let mut standings = vec![standing.banned(ban)];
            if let Principal::User(id) = principal {
                standings.push(access.standing(Principal::Admin(id.into())).await?.all_sessions_ended());
            }
            Ok(happened(access.judge(&standings, &record, &notice).await)?.then_some(NoContent))
        })
        .await
    }
}

/// Refuses to ban a principal that does not exist, the admin who sends the request, and the first admin. A seller with
/// the first admin's address is another principal and can be banned.
async fn refuse_protected(cx: &Cx<'_, StoreFirstAdmin>, admin: Admin, principal: Principal) -> Result<(), Problem> {
    if principal == Principal::Admin(admin.id) || principal == Principal::User(admin.id.into()) {
        return Err(Code::NotYourself.into());
    }
    let email = cx.email_of(principal).await?;
    if matches!(principal, Principal::Seller(_)) { Ok(()) } else { cx.refuse_first(&email) }
}
