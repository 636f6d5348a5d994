//! `POST /v1/users/login/code/verify` - a shopper signs in with a mailed code. Who is new has an account now.

use souk_domain::{Email, PersonName, Principal, Realm, code::Purpose};
use souk_store::{ATTEMPTS, StoreError, happened};
use souk_store_identity::{IdentityExt as _, codes::CodeState};
use souk_web::{
    Anyone, Body, Code, Cx, Deserr, Device, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, SignedIn,
    TokenIssuer, route,
};

use crate::{
    codes::{Codes, Subject, TypedCode},
    newcomer::{self, Newcomer},
    session,
};

/// Signs a shopper in by mail.
#[derive(Debug)]
pub struct ConfirmLoginCode;

/// What comes back from the mail.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct LoginCode {
    /// The address that the code was sent to.
    email: Email,
    /// The newest code that was sent there.
    code: TypedCode,
}

impl Endpoint for ConfirmLoginCode {
    const ROUTE: Route = route!(POST "/v1/users/login/code/verify");
    const SUMMARY: &'static str = "Sign in as a shopper with a mailed code; an unknown address becomes a new shopper";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const PROBLEMS: &'static [Code] = &[Code::WrongCode, Code::CodeLocked, Code::Banned];

    type Deps = TokenIssuer;
    type Caller = Anyone;
    type Input = (Body<LoginCode>, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, TokenIssuer>,
        _: Anyone,
        (Body(input), device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let codes = Codes { store: &cx.store, sealer: &cx.sealer, now: cx.now };
        let of = subject(input.email);
        for _ in 0..ATTEMPTS {
            let used = codes.weigh(&of, &input.code, None).await?;
            if let Some(principal) = enter(cx, &used).await? {
                return session::open(cx, principal, None, &device, cx.now).await;
            }
        }
        Err(Code::Unavailable.into())
    }
}

/// Whose codes: those of a shopper, or of somebody who may become one.
pub(crate) fn subject(email: Email) -> Subject {
    Subject { purpose: Purpose::SignIn, realm: Realm::Users, email }
}

/// Uses the code up for whose the address is, who may be new. Nobody when somebody else wrote in between.
async fn enter(cx: &Cx<'_, TokenIssuer>, used: &CodeState) -> Result<Option<Principal>, StoreError> {
    let accounts = cx.store.accounts();
    if let Some(login) = accounts.login(used.realm, &used.email).await? {
        let entered = happened(cx.store.codes().save(used, None).await)?;
        return Ok(entered.then_some(login.principal));
    }
    let name = PersonName::from_address(&used.email);
    let Newcomer { user, login, welcome } = newcomer::shopper(used.email.clone(), name, None, cx.now)?;
    let entered = happened(accounts.confirm(used, &login, &user, &welcome).await)?;
    Ok(entered.then_some(login.principal))
}
