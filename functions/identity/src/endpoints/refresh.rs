//! `POST /v1/refresh` - exchanges a refresh token for new tokens, once.

use souk_web::{
    Anyone, Audience, Body, Code, Cx, Described, Deserr, Device, Endpoint, FieldErrors, FromRequest, Idempotent,
    Incoming, JsonSchema, Limit, Problem, Route, SignedIn, TokenIssuer, route,
};

use crate::session;

/// Exchanges a refresh token for new tokens.
#[derive(Debug)]
pub struct Refresh;

/// A refresh token, for clients without cookies. Browsers send `{}`.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token of the last sign-in or refresh.
    #[deserr(default)]
    refresh_token: Option<String>,
}

/// The refresh token of a request, from its body or else from a cookie, and its `Idempotency-Key`.
#[derive(Debug)]
pub struct RefreshInput {
    token: Option<String>,
    retry_key: Option<String>,
}

impl FromRequest for RefreshInput {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        let Body(RefreshRequest { refresh_token }) = Body::read(request)?;
        let token = match refresh_token {
            Some(token) => Some(token),
            None => request.cookie_of(&Audience::ALL, Audience::refresh_cookie)?.map(|(_, token)| token),
        };
        Ok(Self { token, retry_key: request.header("idempotency-key").map(str::to_owned) })
    }

    fn describe(operation: &mut Described, generator: &mut schemars::SchemaGenerator) {
        Body::<RefreshRequest>::describe(operation, generator);
    }

    fn problems() -> Vec<Code> {
        [Body::<RefreshRequest>::problems(), vec![Code::OriginRefused]].concat()
    }
}

impl Endpoint for Refresh {
    const ROUTE: Route = route!(POST "/v1/refresh");
    const SUMMARY: &'static str =
        "Exchange a refresh token for new tokens; with an Idempotency-Key the request can be retried";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(60, 60));
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::InvalidRefreshToken, Code::RefreshRaced, Code::Banned];

    type Deps = TokenIssuer;
    type Caller = Anyone;
    type Input = (RefreshInput, Device);
    type Output = SignedIn;

    async fn handle(cx: &Cx<'_, TokenIssuer>, _: Anyone, (input, device): Self::Input) -> Result<SignedIn, Problem> {
        let token = input.token.ok_or(Code::InvalidRefreshToken)?;
        session::refresh(cx, &token, input.retry_key.as_deref(), &device, cx.now).await
    }
}
