//! `POST /v1/admins/login` - an admin signs in with a password.
//!
//! An admin is a shopper who was promoted, and signs in with that account's password. The first one is named by the
//! deployment: there is nobody yet who could promote them.

use souk_domain::{AdminId, Email, Principal};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, keys::Realm};
use souk_web::{Anyone, Body, Code, Cx, Deps, Endpoint, Limit, Problem, Route, SignInDesk, SignedIn, route};

use crate::sign_in::{self, Input};

/// Signs an admin in.
#[derive(Debug)]
pub struct Room;

/// What it needs: a sign-in desk, and who the first admin is.
#[derive(Debug)]
pub struct AdminDesk {
    desk: SignInDesk,
    first_admin: Option<String>,
}

impl Connect for AdminDesk {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { desk: SignInDesk::connect(start).await?, first_admin: start.optional("FIRST_ADMIN")? })
    }
}

impl Deps for AdminDesk {
    fn store(&self) -> Option<&Store> {
        self.desk.store()
    }
}

impl AdminDesk {
    fn is_first(&self, email: &Email) -> bool {
        self.first_admin.as_deref().and_then(|first| Email::parse(first).ok()).as_ref() == Some(email)
    }
}

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/admins/login");
    const SUMMARY: &'static str = "Sign in as an admin";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] = &[Code::WrongCredentials];

    type Deps = AdminDesk;
    type Caller = Anyone;
    type Input = Body<Input>;
    type Output = SignedIn;

    async fn handle(cx: &Cx<'_, AdminDesk>, _: Anyone, Body(input): Body<Input>) -> Result<SignedIn, Problem> {
        let desk = Cx { deps: &cx.desk, now: cx.now, key: None };
        let login = sign_in::authenticate(&desk, Realm::Users, &input).await?;
        let Principal::User(id) = login.principal else { return Err(Code::WrongCredentials.into()) };
        let promoted = cx.desk.store.accounts().user(id).await?.is_some_and(|user| user.admin);
        if !promoted && !cx.is_first(&login.email) {
            // Who is an admin is nobody's business: a shopper's right password is as wrong here as any.
            return Err(Code::WrongCredentials.into());
        }
        cx.desk.signer.issue(Principal::Admin(AdminId::from(id)), cx.now).map(SignedIn)
    }
}
