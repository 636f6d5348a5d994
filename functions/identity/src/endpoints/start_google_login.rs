//! `GET /v1/users/login/google` - sends a shopper's browser to Google to sign in.

use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::Store;
use souk_web::{
    Anyone, Code, Cx, Deps, Deserr, Endpoint, FieldErrors, JsonSchema, Problem, Query, Redirect, Route, route,
};

use crate::google::{COOKIE, Google, LIFETIME, Pending, ReturnPath};

/// Starts a sign-in with Google.
#[derive(Debug)]
pub struct StartGoogleLogin;

/// Google and the sealer. There is no table: nothing is stored before the browser comes back, because a sealed cookie
/// holds the state.
#[derive(Debug)]
pub struct StartGoogleLoginDeps {
    google: Google,
    sealer: Sealer,
}

impl Connect for StartGoogleLoginDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { google: Google::of(start)?, sealer: Sealer::connect(start).await? })
    }
}

impl Deps for StartGoogleLoginDeps {
    fn store(&self) -> Option<&Store> {
        None
    }
}

/// The query of the start of a sign-in with Google.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct StartGoogleLoginQuery {
    /// The path in the storefront that the browser continues to after the sign-in. The default is `/`. If the sign-in
    /// fails, the browser continues to the storefront's `/login`, where the parameter `error` says why:
    /// `access_denied`, `attempt_lost`, `email_not_verified`, `banned`, `sign_in_failed`, `unavailable` or `internal`.
    #[deserr(default)]
    return_to: Option<ReturnPath>,
}

impl Endpoint for StartGoogleLogin {
    const ROUTE: Route = route!(GET "/v1/users/login/google");
    const SUMMARY: &'static str = "Start a sign-in with Google as a shopper: open this address in the browser";
    const PROBLEMS: &'static [Code] = &[Code::NotFound];

    type Deps = StartGoogleLoginDeps;
    type Caller = Anyone;
    type Input = Query<StartGoogleLoginQuery>;
    type Output = Redirect<302>;

    async fn handle(
        cx: &Cx<'_, StartGoogleLoginDeps>,
        _: Anyone,
        Query(input): Query<StartGoogleLoginQuery>,
    ) -> Result<Self::Output, Problem> {
        let provider = cx.google.provider.as_ref().ok_or(Code::NotFound)?;
        let started = match provider.begin(cx.now).await {
            Ok(started) => started,
            Err(error) => return Ok(Redirect::to(cx.google.failure_url(error.into()))),
        };
        let pending = Pending {
            attempt: started.attempt,
            return_to: input.return_to.unwrap_or_else(ReturnPath::root),
            expires_at: (cx.now + LIFETIME).as_second(),
        };
        let cookie = pending.seal(&cx.sealer)?;
        Ok(Redirect::to(started.url).with_cookie(COOKIE, &cookie, LIFETIME.as_secs()))
    }
}
