//! `GET /v1/users/login/google/callback` - the browser is back from Google: the shopper is signed in, and made first if
//! need be.
//!
//! A Google account is known by what Google calls it, whatever its mail address says. One that is new here becomes a
//! shopper's only if Google vouches for its address: the one's who signs in with that address, or else a new one's.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use souk_domain::{Email, PersonName, Principal, Realm};
use souk_messaging::{Notice, tell};
use souk_oidc::Identity;
use souk_runtime::{Connect, Start, StartError};
use souk_store::{ATTEMPTS, Store, StoreError, happened};
use souk_store_identity::{IdentityExt as _, accounts::Login, google_links::GoogleLink};
use souk_web::{
    Anyone, Code, Cx, Deps, Deserr, Device, Endpoint, FieldErrors, FromRequest, Incoming, JsonSchema, Limit, Problem,
    Query, Redirect, Route, SignedIn, TokenIssuer, route,
};

use crate::{
    google::{COOKIE, Google, Pending, Refused, ReturnPath},
    newcomer::{self, Newcomer},
    session, sign_in,
};

/// Ends a sign-in with Google.
#[derive(Debug)]
pub struct GoogleCallback;

/// What it needs: Google, and a sign-in issuer.
#[derive(Debug)]
pub struct GoogleCallbackDeps {
    google: Google,
    secret: Option<ClientSecret>,
    issuer: TokenIssuer,
}

/// The secret that Google shares with us.
#[derive(Debug, Deserialize)]
struct ClientSecret {
    client_secret: SecretString,
}

impl Connect for GoogleCallbackDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let google = Google::of(start)?;
        let secret = match &google.provider {
            Some(_) => Some(start.secret_json("GOOGLE_SECRET").await?),
            None => None,
        };
        Ok(Self { google, secret, issuer: TokenIssuer::connect(start).await? })
    }
}

impl Deps for GoogleCallbackDeps {
    fn store(&self) -> Option<&Store> {
        self.issuer.store()
    }
}

/// What Google sends back with the browser. There is more, which is of no use here.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct GoogleCallbackQuery {
    /// What Google changes for the shopper's identity, once.
    #[deserr(default)]
    code: Option<String>,
    /// What the browser was sent out with.
    #[deserr(default)]
    state: Option<String>,
    /// Why there is no code.
    #[deserr(default)]
    error: Option<String>,
}

/// The browser that came back: what it is, and what it had from us.
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
    const SUMMARY: &'static str = "Where Google sends the browser back to, which goes on to the storefront";
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
            Ok((tokens, return_to)) => Redirect::to(cx.google.onward(&return_to)).signed_in(&tokens),
            Err(refused) => Redirect::to(cx.google.refused(refused)),
        };
        Ok(redirect.with_cookie(COOKIE, "", 0))
    }
}

async fn sign_in(
    cx: &Cx<'_, GoogleCallbackDeps>,
    input: GoogleCallbackQuery,
    Browser { device, cookie }: Browser,
) -> Result<(SignedIn, ReturnPath), Refused> {
    let (provider, secret) = cx.google.provider.as_ref().zip(cx.secret.as_ref()).ok_or(Refused::FAILED)?;
    let (cookie, state) = cookie.zip(input.state).ok_or(Refused::LOST)?;
    let pending = Pending::open(&cx.issuer.sealer, &cookie, &state, cx.now).ok_or(Refused::LOST)?;
    match input.error.as_deref() {
        None => {}
        Some("access_denied") => return Err(Refused::DENIED),
        Some(_) => return Err(Refused::FAILED),
    }
    let code = input.code.ok_or(Refused::LOST)?;
    let identity = provider.finish(&code, &pending.attempt, &secret.client_secret, cx.now).await?;
    let shopper = shopper(&cx.issuer.store, &identity, cx.now).await?;
    let tokens = session::open(&cx.issuer, shopper, None, &device, cx.now).await?;
    Ok((tokens, pending.return_to))
}

/// Whose the Google account is. It is decided anew when another request was faster, so two at once find one shopper.
async fn shopper(store: &Store, identity: &Identity, now: Timestamp) -> Result<Principal, Refused> {
    for _ in 0..ATTEMPTS {
        if let Some(link) = store.google_links().get(&identity.subject).await? {
            return Ok(Principal::User(link.user));
        }
        let email = vouched_for(identity).ok_or(Refused::UNVERIFIED)?;
        let linked = match store.accounts().login(Realm::Users, &email).await? {
            Some(login) => link(store, identity, &login, now).await?,
            None => join(store, identity, email, now).await?,
        };
        if let Some(shopper) = linked {
            return Ok(shopper);
        }
    }
    Err(Problem::new(Code::Unavailable).into())
}

/// The mail address, if Google knows that it is theirs.
fn vouched_for(identity: &Identity) -> Option<Email> {
    identity.email.as_deref().filter(|_| identity.email_verified).and_then(|email| Email::parse(email).ok())
}

/// Links a Google account to a shopper who is there. Nobody when somebody else wrote in between.
async fn link(
    store: &Store,
    identity: &Identity,
    login: &Login,
    now: Timestamp,
) -> Result<Option<Principal>, StoreError> {
    let Principal::User(user) = login.principal else { return Ok(None) };
    let link = GoogleLink { subject: identity.subject.clone(), user, linked_at: now };
    let news = tell(login.principal, Notice::GoogleLinked, now)?;
    let linked = happened(store.google_links().link(&link, login, &news).await)?;
    Ok(linked.then_some(login.principal))
}

/// Makes a shopper of somebody who is new. Nobody when somebody else wrote in between.
async fn join(
    store: &Store,
    identity: &Identity,
    email: Email,
    now: Timestamp,
) -> Result<Option<Principal>, StoreError> {
    let name = identity.name.as_deref().and_then(|name| PersonName::parse(name).ok());
    let name = name.unwrap_or_else(|| PersonName::from_address(&email));
    let Newcomer { user, mut login, welcome } = newcomer::shopper(email, name, None, now)?;
    login.google.push(identity.subject.clone());
    let link = GoogleLink { subject: identity.subject.clone(), user: user.id, linked_at: now };
    let joined = happened(store.google_links().join(&link, &login, &user, &welcome).await)?;
    Ok(joined.then_some(login.principal))
}
