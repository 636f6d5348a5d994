//! `POST /v1/admins/login` - an admin signs in with a password.
//!
//! An admin is a shopper who was promoted, and signs in with that account's password. The first one is named by the
//! deployment: there is nobody yet who could promote them.

use souk_domain::{AdminId, Email, Principal, Realm};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_identity::{IdentityExt as _, admins::Admin};
use souk_web::{Anyone, Body, Code, Cx, Deps, Device, Endpoint, Limit, Problem, Route, SignedIn, TokenIssuer, route};

use crate::{
    second_factor::Keeper,
    session,
    sign_in::{self, FactorInput},
};

/// Signs an admin in.
#[derive(Debug)]
pub struct LoginAdmin;

/// What it needs: a sign-in issuer, and who the first admin is.
#[derive(Debug)]
pub struct LoginAdminDeps {
    issuer: TokenIssuer,
    first_admin: Option<Email>,
}

impl Connect for LoginAdminDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let first_admin: Option<String> = start.optional("FIRST_ADMIN")?;
        let first_admin = first_admin.and_then(|first| Email::parse(&first).ok());
        Ok(Self { issuer: TokenIssuer::connect(start).await?, first_admin })
    }
}

impl Deps for LoginAdminDeps {
    fn store(&self) -> Option<&Store> {
        self.issuer.store()
    }
}

impl Endpoint for LoginAdmin {
    const ROUTE: Route = route!(POST "/v1/admins/login");
    const SUMMARY: &'static str = "Sign in as an admin";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] =
        &[Code::WrongCredentials, Code::SecondFactorRequired, Code::WrongSecondFactor, Code::CodeLocked, Code::Banned];

    type Deps = LoginAdminDeps;
    type Caller = Anyone;
    type Input = (Body<FactorInput>, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, LoginAdminDeps>,
        _: Anyone,
        (Body(input), device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let (credentials, factor) = input.split();
        let login = sign_in::authenticate(&cx.issuer.store, Realm::Users, &credentials, cx.now).await?;
        let Principal::User(id) = login.principal else { return Err(Code::WrongCredentials.into()) };
        let (id, admins) = (AdminId::from(id), cx.issuer.store.admins());
        let known = admins.get(id).await?;
        // Whom the deployment named before and names no more counts only if somebody promoted them.
        let promoted = known.as_ref().is_some_and(|admin| admin.promoted_by.is_some());
        if !promoted && cx.first_admin.as_ref() != Some(&login.email) {
            // Who is an admin is nobody's business: a shopper's right password is as wrong here as any.
            return Err(Code::WrongCredentials.into());
        }
        Keeper::at(&cx.issuer, Principal::Admin(id), cx.now).ask(factor.as_ref()).await?;
        if known.is_none() {
            let first = Admin { id, email: login.email.clone(), promoted_by: None, promoted_at: cx.now };
            admins.put_first(&first).await?;
        }
        session::open(&cx.issuer, Principal::Admin(id), Some(&login), &device, cx.now).await
    }
}
