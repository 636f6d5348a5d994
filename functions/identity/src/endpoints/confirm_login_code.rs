//! `POST /v1/users/login/code/verify` - signs a shopper in with a mailed code. A new address gets an account, because
//! the code proves the address.

use souk_domain::{Email, PersonName, Principal, Realm, code::Purpose};
use souk_store::{StoreError, happened, retry_on_conflict};
use souk_store_identity::{IdentityExt as _, codes::CodeState};
use souk_web::{
    Anyone, Body, Code, Cx, Deserr, Device, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, SignedIn,
    TokenIssuer, route,
};

use crate::{
    codes::{Codes, Subject, TypedCode},
    new_shopper::NewShopper,
    session,
};

/// Signs a shopper in with a mailed code.
#[derive(Debug)]
pub struct ConfirmLoginCode;

/// A mailed code and its address.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct LoginCode {
    /// The mail address that the code was sent to.
    email: Email,
    /// The newest code that was sent to this address.
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
        let subject = subject(input.email);
        retry_on_conflict(|| async {
            let used = codes.check(&subject, &input.code, None).await?;
            let Some(principal) = use_code(cx, &used).await? else { return Ok(None) };
            session::open(cx, principal, None, &device, cx.now).await.map(Some)
        })
        .await
    }
}

/// Returns the subject of the codes that sign a shopper in. The address may have no account yet.
pub(crate) fn subject(email: Email) -> Subject {
    Subject { purpose: Purpose::SignIn, realm: Realm::Users, email }
}

/// Uses the code up and returns the shopper of its address. Creates the shopper if the address has none. Returns `None`
/// if another request wrote in between.
async fn use_code(cx: &Cx<'_, TokenIssuer>, used: &CodeState) -> Result<Option<Principal>, StoreError> {
    let accounts = cx.store.accounts();
    if let Some(login) = accounts.login(used.realm, &used.email).await? {
        let written = happened(cx.store.codes().save(used, None).await)?;
        return Ok(written.then_some(login.principal));
    }
    let name = PersonName::from_address(&used.email);
    let NewShopper { user, login, welcome } = NewShopper::create(used.email.clone(), name, None, cx.now)?;
    let written = happened(accounts.confirm(used, &login, &user, &welcome).await)?;
    Ok(written.then_some(login.principal))
}
