//! `PUT /v1/me/password` - changes the caller's password. Every session ends, and this device gets a new one.

use souk_domain::{NewPassword, Password, Realm};
use souk_store::{happened, retry_on_conflict};
use souk_store_identity::IdentityExt as _;
use souk_web::{
    Body, Code, Cx, Deserr, Device, Endpoint, FieldErrors, JsonSchema, Limit, Problem, Route, SignedIn, SignedInCaller,
    TokenIssuer, route,
};

use crate::{new_password, passwords, session, sign_in};

/// Changes the caller's password.
#[derive(Debug)]
pub struct ChangePassword;

/// The old password and the new one.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password.
    current_password: Password,
    /// The new password.
    password: NewPassword,
}

impl Endpoint for ChangePassword {
    const ROUTE: Route = route!(PUT "/v1/me/password");
    const SUMMARY: &'static str = "Change your password; every other session of yours ends";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] = &[Code::NoPassword, Code::WrongCredentials, Code::Banned];

    type Deps = TokenIssuer;
    type Caller = SignedInCaller;
    type Input = (Body<PasswordChange>, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, TokenIssuer>,
        SignedInCaller(principal): SignedInCaller,
        (Body(input), device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let profile = cx.store.profiles().of(principal).await?.ok_or(Code::NotSignedIn)?;
        let (realm, email) = (Realm::of(principal), profile.email());
        sign_in::count(&cx.store, realm, email, cx.now).await?;
        retry_on_conflict(|| async {
            let login = cx.store.accounts().login(realm, email).await?.ok_or(Code::NotSignedIn)?;
            if login.password.is_none() {
                return Err(Code::NoPassword.into());
            }
            let login = sign_in::check(&cx.store, Some(login), &input.current_password).await?;
            let hash = passwords::hash(input.password.password())?;
            let change = new_password::change(&cx.store, login, hash, cx.now).await?;
            let standing = change.standings.iter().find(|standing| standing.principal == principal);
            let standing = standing.ok_or(Code::NotSignedIn)?;
            session::refuse_banned(standing)?;
            let (session, secret) = session::new_session(standing, &device, cx.now)?;
            let changed = happened(cx.store.passwords().change(&session, &change).await)?;
            changed.then(|| session::issue(cx, &session, secret, cx.now)).transpose()
        })
        .await
    }
}
