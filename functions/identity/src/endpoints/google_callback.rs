//! `GET /v1/users/login/google/callback` - receives the browser back from Google and signs the shopper in. It creates
//! the shopper if Google's account is new here.
//!
//! A Google account is identified by Google's subject, whatever its mail address is. A new Google account is linked
//! only if Google has verified its address: to the shopper with this address, or else to a new shopper.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use souk_domain::{Email, PersonName, Principal, Realm};
use souk_messaging::{Notice, tell};
use souk_oidc::Identity;
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, StoreError, happened, retry_on_conflict};
use souk_store_identity::{IdentityExt as _, accounts::Login, google_links::GoogleLink};
use souk_web::{
    Anyone, Code, Cx, Deps, Deserr, Device, Endpoint, FieldErrors, FromRequest, Incoming, JsonSchema, Limit, Problem,
    Query, Redirect, Route, SignedIn, TokenIssuer, route,
};

use crate::{
    google::{COOKIE, Google, Pending, Refused, ReturnPath},
    new_shopper::NewShopper,
    session, sign_in,
};

/// Finishes a sign-in with Google.
#[derive(Debug)]
pub struct GoogleCallback;

/// Google, its client secret, and the right to issue tokens.
#[derive(Debug)]
pub struct GoogleCallbackDeps {
    google: Google,
    secret: Option<SecretString>,
    issuer: TokenIssuer,
}

/// The secret that authenticates the deployment at Google. It is missing until the operator runs `make keys`.
#[derive(Debug, Deserialize)]
struct ClientSecret {
    #[serde(default)]
    client_secret: Option<SecretString>,
}

impl Connect for GoogleCallbackDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let google = Google::of(start)?;
        let secret = match &google.provider {
            Some(_) => start.secret_json::<ClientSecret>("GOOGLE_SECRET").await?.client_secret,
            None => None,
        };
        let secret = secret.filter(|secret| !secret.expose_secret().is_empty());
        if google.provider.is_some() && secret.is_none() {
            tracing::warn!("Google's client secret is missing, so nobody can sign in with Google: run `make keys`");
        }
        Ok(Self { google, secret, issuer: TokenIssuer::connect(start).await? })
    }
}

impl Deps for GoogleCallbackDeps {
    fn store(&self) -> Option<&Store> {
        self.issuer.store()
    }
}

/// The parameters that Google sends back with the browser. Google may send more, which are ignored.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GoogleCallbackQuery {
    /// The authorization code, which Google exchanges once for the shopper's identity.
    #[deserr(default)]
    code: Option<String>,
    /// The state that the sign-in was started with.
    #[deserr(default)]
    state: Option<String>,
    /// Google's error, if there is no code.
    #[deserr(default)]
    error: Option<String>,
}

/// The browser that came back, and the cookie that it got at the start of the sign-in.
#[derive(Debug)]
pub struct Browser {
    device: Device,
    cookie: Option<String>,
}

impl FromRequest for Browser {
    fn read(request: &Incoming) -> Result<Self, Problem> {
        Ok(Self { device: Device::read(request)?, cookie: request.cookie(COOKIE) })
    }
}

impl Endpoint for GoogleCallback {
    const ROUTE: Route = route!(GET "/v1/users/login/google/callback");
    const SUMMARY: &'static str =
        "Finish a sign-in with Google: Google sends the browser here, and the answer sends it to the storefront";
    const LIMIT: Option<Limit> = Some(sign_in::LIMIT);
    const PROBLEMS: &'static [Code] = &[Code::NotFound];

    type Deps = GoogleCallbackDeps;
    type Caller = Anyone;
    type Input = (Query<GoogleCallbackQuery>, Browser);
    type Output = Redirect<303>;

    async fn handle(
        cx: &Cx<'_, GoogleCallbackDeps>,
        _: Anyone,
        (Query(input), browser): Self::Input,
    ) -> Result<Self::Output, Problem> {
        if cx.google.provider.is_none() {
            return Err(Code::NotFound.into());
        }
        let redirect = match sign_in(cx, input, browser).await {
            Ok((tokens, return_to)) => Redirect::to(cx.google.success_url(&return_to)).signed_in(&tokens),
            Err(refused) => Redirect::to(cx.google.failure_url(refused)),
        };
        Ok(redirect.with_cookie(COOKIE, "", 0))
    }
}

/// Checks what came back from Google and signs the shopper in.
async fn sign_in(
    cx: &Cx<'_, GoogleCallbackDeps>,
    input: GoogleCallbackQuery,
    Browser { device, cookie }: Browser,
) -> Result<(SignedIn, ReturnPath), Refused> {
    let provider = cx.google.provider.as_ref().ok_or(Refused::FAILED)?;
    let secret = cx.secret.as_ref().ok_or(Refused(Code::Unavailable.as_str()))?;
    let (cookie, state) = cookie.zip(input.state).ok_or(Refused::LOST)?;
    let pending = Pending::open(&cx.issuer.sealer, &cookie, &state, cx.now).ok_or(Refused::LOST)?;
    match input.error.as_deref() {
        None => {}
        Some("access_denied") => return Err(Refused::DENIED),
        Some(_) => return Err(Refused::FAILED),
    }
    let code = input.code.ok_or(Refused::LOST)?;
    let identity = provider.finish(&code, &pending.attempt, secret, cx.now).await?;
    let shopper = shopper(&cx.issuer.store, &identity, cx.now).await?;
    let tokens = session::open(&cx.issuer, shopper, None, &device, cx.now).await?;
    Ok((tokens, pending.return_to))
}

/// Returns the shopper of a Google account, and links or creates the shopper if needed. It starts again if another
/// request was faster, so that two parallel requests find the same shopper.
async fn shopper(store: &Store, identity: &Identity, now: Timestamp) -> Result<Principal, Refused> {
    retry_on_conflict(|| async {
        if let Some(link) = store.google_links().get(&identity.subject).await? {
            return Ok(Some(Principal::User(link.user)));
        }
        let email = verified_email(identity).ok_or(Refused::UNVERIFIED)?;
        Ok(match store.accounts().login(Realm::Users, &email).await? {
            Some(login) => link(store, identity, &login, now).await?,
            None => create(store, identity, email, now).await?,
        })
    })
    .await
}

/// Returns the mail address if Google has verified it.
fn verified_email(identity: &Identity) -> Option<Email> {
    identity.email.as_deref().filter(|_| identity.email_verified).and_then(|email| Email::parse(email).ok())
}

/// Links a Google account to an existing shopper. Returns `None` if another request wrote in between.
async fn link(
    store: &Store,
    identity: &Identity,
    login: &Login,
    now: Timestamp,
) -> Result<Option<Principal>, StoreError> {
    let Principal::User(user) = login.principal else { return Ok(None) };
    let link = GoogleLink { subject: identity.subject.clone(), user, linked_at: now };
    let notice = tell(login.principal, Notice::GoogleLinked, now)?;
    let linked = happened(store.google_links().link(&link, login, &notice).await)?;
    Ok(linked.then_some(login.principal))
}

/// Creates a shopper and links the Google account. Returns `None` if another request wrote in between.
async fn create(
    store: &Store,
    identity: &Identity,
    email: Email,
    now: Timestamp,
) -> Result<Option<Principal>, StoreError> {
    let name = identity.name.as_deref().and_then(|name| PersonName::parse(name).ok());
    let name = name.unwrap_or_else(|| PersonName::from_address(&email));
    let NewShopper { user, mut login, welcome } = NewShopper::create(email, name, None, now)?;
    login.google.push(identity.subject.clone());
    let link = GoogleLink { subject: identity.subject.clone(), user: user.id, linked_at: now };
    let created = happened(store.google_links().join(&link, &login, &user, &welcome).await)?;
    Ok(created.then_some(login.principal))
}
