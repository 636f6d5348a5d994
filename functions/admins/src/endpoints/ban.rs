//! `PUT /v1/admin/bans/{principal}` - somebody may not come in any more, and is out at once.
//!
//! An admin signs in as a shopper, so a shopper's ban ends the sessions of the admin they may be, and keeps both out.

use souk_domain::{BanReason, Principal, audit::Action};
use souk_messaging::{Notice, tell};
use souk_store::{ATTEMPTS, access, happened};
use souk_web::{
    Admin, Body, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, route,
};

use crate::deps::{StoreFirstAdmin, record};

/// Bans somebody.
#[derive(Debug)]
pub struct Ban;

/// Whom.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Which {
    /// A shopper, a seller or an admin.
    pub(crate) principal: Principal,
}

/// Why.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewBan {
    /// Why. They read it when they try to sign in. Another reason takes the place of the one before.
    reason: BanReason,
}

impl Endpoint for Ban {
    const ROUTE: Route = route!(PUT "/v1/admin/bans/{principal}");
    const SUMMARY: &'static str = "Keep somebody out and end all their sessions";
    const PROBLEMS: &'static [Code] = &[Code::NotYourself, Code::FirstAdmin];

    type Deps = StoreFirstAdmin;
    type Caller = Admin;
    type Input = (Path<Which>, Body<NewBan>);
    type Output = NoContent;

    async fn handle(
        cx: &Cx<'_, StoreFirstAdmin>,
        admin: Admin,
        (Path(which), Body(input)): Self::Input,
    ) -> Result<NoContent, Problem> {
        let who = which.principal;
        refuse_protected(cx, admin, who).await?;
        let record = record(cx, admin, Action::Ban, who, Some(&input.reason));
        let news = tell(who, Notice::Banned { reason: input.reason.clone() }, cx.now)?;
        let access = cx.store.access();
        for _ in 0..ATTEMPTS {
            let standing = access.standing(who).await?;
            let ban = match &standing.ban {
                Some(ban) if ban.reason == input.reason => return Ok(NoContent),
                Some(ban) => access::Ban { reason: input.reason.clone(), ..ban.clone() },
                None => access::Ban { reason: input.reason.clone(), by: admin.id, at: cx.now },
            };
            let mut standings = vec![standing.banned(ban)];
            if let Principal::User(id) = who {
                standings.push(access.standing(Principal::Admin(id.into())).await?.all_sessions_ended());
            }
            if happened(access.judge(&standings, &record, &news).await)? {
                return Ok(NoContent);
            }
        }
        Err(Code::Unavailable.into())
    }
}

/// Refuses to ban nobody, the admin who asks, and the first admin. Who is a seller too is another principal there.
async fn refuse_protected(cx: &Cx<'_, StoreFirstAdmin>, admin: Admin, who: Principal) -> Result<(), Problem> {
    if who == Principal::Admin(admin.id) || who == Principal::User(admin.id.into()) {
        return Err(Code::NotYourself.into());
    }
    let email = cx.address_of(who).await?;
    if matches!(who, Principal::Seller(_)) { Ok(()) } else { cx.refuse_first(&email) }
}
