//! `POST /v1/admins/login` - signs an admin in with a password.
//!
//! An admin is a shopper who was promoted, and signs in with the shopper's password. The deployment names the first
//! admin, because at first nobody exists who could promote one.

use souk_domain::{AdminId, Email, Principal, Realm};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_store_identity::{IdentityExt as _, admins::Admin};
use souk_web::{Anyone, Body, Code, Cx, Deps, Device, Endpoint, Limit, Problem, Route, SignedIn, TokenIssuer, route};

use crate::{
    second_factor::PrincipalFactor,
    session,
    sign_in::{self, CredentialsWithFactor},
};

/// Signs an admin in.
#[derive(Debug)]
pub struct LoginAdmin;

/// The right to issue tokens, and the mail address of the first admin.
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
    type Input = (Body<CredentialsWithFactor>, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, LoginAdminDeps>,
        _: Anyone,
        (Body(input), device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let (credentials, proof) = input.split();
        let login = sign_in::authenticate(&cx.issuer.store, Realm::Users, &credentials, cx.now).await?;
        let Principal::User(id) = login.principal else { return Err(Code::WrongCredentials.into()) };
        let (id, admins) = (AdminId::from(id), cx.issuer.store.admins());
        let stored = admins.get(id).await?;
        // An admin whom the deployment named earlier, and no longer names, stays an admin only if promoted by another
        // admin.
        let promoted = stored.as_ref().is_some_and(|admin| admin.promoted_by.is_some());
        if !promoted && cx.first_admin.as_ref() != Some(&login.email) {
            // A shopper's right password is answered like a wrong one, so that nobody learns who is an admin.
            return Err(Code::WrongCredentials.into());
        }
        PrincipalFactor::of(&cx.issuer, Principal::Admin(id), cx.now).require(proof.as_ref()).await?;
        if stored.is_none() {
            let first = Admin { id, email: login.email.clone(), promoted_by: None, promoted_at: cx.now };
            admins.put_first(&first).await?;
        }
        session::open(&cx.issuer, Principal::Admin(id), Some(&login), &device, cx.now).await
    }
}
