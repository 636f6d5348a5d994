//! `POST /v1/refresh` - a refresh token is changed for new tokens, once.

use souk_web::{
    Anyone, Audience, Body, Code, Cx, Described, Deserr, Device, Endpoint, FieldErrors, FromRequest, Idempotent,
    Incoming, JsonSchema, Limit, Problem, Route, SignedIn, TokenIssuer, route,
};

use crate::session;

/// Refreshes tokens.
#[derive(Debug)]
pub struct Refresh;

/// A refresh token, for clients that keep no cookies. Browsers send `{}`.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct RefreshRequest {
    /// The token that came with the last sign-in or refresh.
    #[deserr(default)]
    refresh_token: Option<String>,
}

/// The refresh token that a request presents, in its body or else in a cookie, and its `Idempotency-Key`.
#[derive(Debug)]
pub struct Presented {
    token: Option<String>,
    retry_key: Option<String>,
}

impl FromRequest for Presented {
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
        "Change a refresh token for new tokens; send an Idempotency-Key to be able to ask again";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(60, 60));
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::InvalidRefreshToken, Code::RefreshRaced, Code::Banned];

    type Deps = TokenIssuer;
    type Caller = Anyone;
    type Input = (Presented, Device);
    type Output = SignedIn;

    async fn handle(
        cx: &Cx<'_, TokenIssuer>,
        _: Anyone,
        (presented, device): Self::Input,
    ) -> Result<SignedIn, Problem> {
        let token = presented.token.ok_or(Code::InvalidRefreshToken)?;
        session::refresh(cx, &token, presented.retry_key.as_deref(), &device, cx.now).await
    }
}
