//! `POST /v1/sellers/login` - a seller signs in with a password.

use souk_store::keys::Realm;
use souk_web::{Anyone, Body, Code, Cx, Endpoint, Limit, Problem, Route, SignInDesk, SignedIn, route};

use crate::sign_in::{self, Input};

/// Signs a seller in.
#[derive(Debug)]
pub struct Room;

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/sellers/login");
    const SUMMARY: &'static str = "Sign in as a seller";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] = &[Code::WrongCredentials];

    type Deps = SignInDesk;
    type Caller = Anyone;
    type Input = Body<Input>;
    type Output = SignedIn;

    async fn handle(cx: &Cx<'_, SignInDesk>, _: Anyone, Body(input): Body<Input>) -> Result<SignedIn, Problem> {
        let login = sign_in::authenticate(cx, Realm::Sellers, &input).await?;
        cx.signer.issue(login.principal, cx.now).map(SignedIn)
    }
}
