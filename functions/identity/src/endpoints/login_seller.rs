//! `POST /v1/sellers/login` - signs a seller in with a password.

use souk_domain::Realm;
use souk_web::{Anyone, Body, Code, Cx, Device, Endpoint, Limit, Problem, Route, SignedIn, TokenIssuer, route};

use crate::{
    second_factor::PrincipalFactor,
    session,
    sign_in::{self, CredentialsWithFactor},
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
    type Input = (Body<CredentialsWithFactor>, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, TokenIssuer>,
        _: Anyone,
        (Body(input), device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let (credentials, proof) = input.split();
        let login = sign_in::authenticate(&cx.store, Realm::Sellers, &credentials, cx.now).await?;
        PrincipalFactor::of(cx, login.principal, cx.now).require(proof.as_ref()).await?;
        session::open(cx, login.principal, Some(&login), &device, cx.now).await
    }
}
