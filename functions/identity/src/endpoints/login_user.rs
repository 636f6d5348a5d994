//! `POST /v1/users/login` - signs a shopper in with a password.

use souk_domain::Realm;
use souk_web::{Anyone, Body, Code, Cx, Device, Endpoint, Limit, Problem, Route, SignedIn, TokenIssuer, route};

use crate::{
    session,
    sign_in::{self, Credentials},
};

/// Signs a shopper in.
#[derive(Debug)]
pub struct LoginUser;

impl Endpoint for LoginUser {
    const ROUTE: Route = route!(POST "/v1/users/login");
    const SUMMARY: &'static str = "Sign in as a shopper";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] = &[Code::WrongCredentials, Code::Banned];

    type Deps = TokenIssuer;
    type Caller = Anyone;
    type Input = (Body<Credentials>, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, TokenIssuer>,
        _: Anyone,
        (Body(input), device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let login = sign_in::authenticate(&cx.store, Realm::Users, &input, cx.now).await?;
        session::open(cx, login.principal, Some(&login), &device, cx.now).await
    }
}
