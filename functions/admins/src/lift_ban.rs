//! `DELETE /v1/admin/bans/{principal}` - somebody may come in again.

use souk_domain::{Principal, audit::Action};
use souk_messaging::Notice;
use souk_store::WriteError;
use souk_web::{Admin, Code, Cx, Deserr, Endpoint, FieldErrors, JsonSchema, NoContent, Path, Problem, Route, route};

use crate::deps::{ATTEMPTS, Office, news, record};

/// Lifts a ban.
#[derive(Debug)]
pub struct Room;

/// Whose.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct Input {
    /// A shopper, a seller or an admin.
    principal: Principal,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(DELETE "/v1/admin/bans/{principal}");
    const SUMMARY: &'static str = "Let somebody sign in again; who is not banned may already";

    type Deps = Office;
    type Caller = Admin;
    type Input = Path<Input>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Office>, admin: Admin, Path(input): Path<Input>) -> Result<NoContent, Problem> {
        let who = input.principal;
        let record = record(cx, admin, Action::LiftBan, who, None);
        let news = news(cx, who, Notice::BanLifted)?;
        for _ in 0..ATTEMPTS {
            let standing = cx.store.access().standing(who).await?;
            if standing.ban.is_none() {
                return cx.address_of(who).await.map(|_| NoContent);
            }
            match cx.store.access().judge(&[standing.ban_lifted()], &record, &news).await {
                Ok(()) => return Ok(NoContent),
                Err(WriteError::Refused(_)) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Code::Unavailable.into())
    }
}
