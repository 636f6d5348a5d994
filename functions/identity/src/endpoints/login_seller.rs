//! `POST /v1/sellers/login` - a seller signs in with a password.

use souk_domain::Realm;
use souk_web::{Anyone, Body, Code, Cx, Device, Endpoint, Limit, Problem, Route, SignedIn, TokenIssuer, route};

use crate::{
    second_factor::Keeper,
    session,
    sign_in::{self, FactorInput},
};

/// Signs a seller in.
#[derive(Debug)]
pub struct LoginSeller;

impl Endpoint for LoginSeller {
    const ROUTE: Route = route!(POST "/v1/sellers/login");
    const SUMMARY: &'static str = "Sign in as a seller";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] =
        &[Code::WrongCredentials, Code::SecondFactorRequired, Code::WrongSecondFactor, Code::CodeLocked, Code::Banned];

    type Deps = TokenIssuer;
    type Caller = Anyone;
    type Input = (Body<FactorInput>, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, TokenIssuer>,
        _: Anyone,
        (Body(input), device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let (credentials, factor) = input.split();
        let login = sign_in::authenticate(&cx.store, Realm::Sellers, &credentials, cx.now).await?;
        Keeper::at(cx, login.principal, cx.now).ask(factor.as_ref()).await?;
        session::open(cx, login.principal, Some(&login), &device, cx.now).await
    }
}
