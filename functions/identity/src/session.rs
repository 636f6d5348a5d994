//! Sessions. A sign-in opens a session, and refresh tokens that are valid once prolong it.
//!
//! A refresh token is sealed and names its session and its generation, so that an old token can be told from a forged
//! one. The use of an old token means that two parties hold tokens of the session: the session ends, and its owner gets
//! a notice.
//! There is one exception, in the first 10 seconds after a refresh. In this time an honest client may be racing with
//! itself (two tabs), or retry because an answer was lost. The race is refused without consequences. A retry with the
//! same `Idempotency-Key` gets the lost refresh token once more.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{AdminId, Id, Principal, Realm, SessionId};
use souk_messaging::{Event, Notice, tell};
use souk_runtime::{draw_secret, sha256};
use souk_store::{
    Store,
    access::{Retry, Session, Standing},
    happened, retry_on_conflict,
};
use souk_store_identity::{IdentityExt as _, accounts::Login};
use souk_web::{Code, Device, Problem, SignedIn, TokenIssuer};
use uuid::Uuid;

/// How long after its use a refresh token may be sent again without ending its session.
const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// The content of a refresh token. Clients get it sealed.
#[derive(Debug, Serialize, Deserialize)]
struct RefreshToken {
    principal: Principal,
    session: SessionId,
    generation: u64,
    secret: String,
}

/// The purpose refresh tokens are sealed for.
const REFRESH: &str = "refresh";
/// The purpose the answer to a lost refresh is sealed for.
const RETRY: &str = "refresh-retry";

/// Opens a session for a principal on a device. A new device is remembered and the owner gets a notice. `checked` is
/// the login whose password was right, if a password was checked: it must still be the stored password.
///
/// # Errors
/// `banned`; `wrong_credentials` if the admin was demoted or the password changed in the meantime; `unavailable` if the
/// standing changed at every attempt.
pub(crate) async fn open(
    issuer: &TokenIssuer,
    principal: Principal,
    checked: Option<&Login>,
    device: &Device,
    now: Timestamp,
) -> Result<SignedIn, Problem> {
    retry_on_conflict(|| async {
        let standing = issuer.store.access().standing(principal).await?;
        refuse_banned(&standing)?;
        // These checks come after the read of the standing. A demotion, a ban or a new password that comes later raises
        // the epoch of the standing, and that ends the session.
        if let Principal::Admin(id) = principal {
            require_current_admin(issuer, id).await?;
        }
        if let Some(checked) = checked {
            require_current_password(issuer, checked).await?;
        }
        let (session, secret) = new_session(&standing, device, now)?;
        let known = fingerprint(issuer, principal, device);
        let is_known = standing.devices.contains_key(&known);
        let (next, surprising) = standing.with_device(&known, now);
        let notice = Notice::NewSignIn { agent: device.agent.clone(), address: device.address.clone() };
        let news = surprising.then(|| tell(principal, notice, now)).transpose()?;
        let opened = issuer.store.access().open(&session, (!is_known).then_some(&next), news.as_ref()).await;
        happened(opened)?.then(|| issue(issuer, &session, secret, now)).transpose()
    })
    .await
}

/// Exchanges a refresh token for new tokens, once.
///
/// # Errors
/// `invalid_refresh_token`, `refresh_raced`, `banned`.
pub(crate) async fn refresh(
    issuer: &TokenIssuer,
    token: &str,
    retry_key: Option<&str>,
    device: &Device,
    now: Timestamp,
) -> Result<SignedIn, Problem> {
    let refused = || Problem::new(Code::InvalidRefreshToken);
    let token: RefreshToken = issuer.sealer.open(REFRESH, token).map_err(|_| refused())?;
    retry_on_conflict(|| async {
        let (standing, session) = issuer.store.access().session(token.principal, token.session).await?;
        let session = session.ok_or_else(refused)?;
        refuse_banned(&standing)?;
        if !session.is_live(&standing, now) {
            return Err(refused());
        }
        if token.generation < session.generation {
            return answer_used_token(issuer, &session, token.generation, retry_key, now).await.map(Some);
        }
        if sha256(&token.secret) != session.secret_hash {
            return Err(refused());
        }
        let secret = draw_secret()?;
        let retry = match retry_key {
            Some(key) => Some(Retry { key_hash: sha256(key), sealed_secret: issuer.sealer.seal(RETRY, &secret)? }),
            None => None,
        };
        let next = Session {
            generation: session.generation + 1,
            secret_hash: sha256(&secret),
            retry,
            agent: device.agent.clone(),
            address: device.address.clone(),
            used_at: now,
            expires_at: Session::expiry(session.opened_at, now),
            ..session
        };
        let refreshed = happened(issuer.store.access().refresh(&next).await)?;
        refreshed.then(|| issue(issuer, &next, secret, now)).transpose()
    })
    .await
}

/// Answers a refresh token that was used before: after a lost answer, in a race, or after a theft.
async fn answer_used_token(
    issuer: &TokenIssuer,
    session: &Session,
    generation: u64,
    retry_key: Option<&str>,
    now: Timestamp,
) -> Result<SignedIn, Problem> {
    if generation + 1 == session.generation && now < session.used_at + GRACE {
        let Some(retry) =
            session.retry.as_ref().filter(|retry| Some(&retry.key_hash) == retry_key.map(sha256).as_ref())
        else {
            return Err(Code::RefreshRaced.into());
        };
        let secret: String =
            issuer.sealer.open(RETRY, &retry.sealed_secret).map_err(|_| Problem::new(Code::Internal))?;
        return issue(issuer, session, secret, now);
    }
    let notice = tell(session.principal, Notice::SessionRevoked { agent: session.agent.clone() }, now)?;
    happened(issuer.store.access().end(session.principal, session.id, &notice).await)?;
    Err(Code::InvalidRefreshToken.into())
}

/// Refuses a principal who is no longer an admin, or who is banned as a shopper.
async fn require_current_admin(issuer: &TokenIssuer, id: AdminId) -> Result<(), Problem> {
    if issuer.store.admins().get(id).await?.is_none() {
        return Err(Code::WrongCredentials.into());
    }
    refuse_banned(&issuer.store.access().standing(Principal::User(id.into())).await?)
}

/// Refuses a login whose password has changed since it was checked.
async fn require_current_password(issuer: &TokenIssuer, checked: &Login) -> Result<(), Problem> {
    let current = issuer.store.accounts().login(Realm::of(checked.principal), &checked.email).await?;
    let same = |current: &Login| (current.principal, &current.password) == (checked.principal, &checked.password);
    if current.as_ref().is_some_and(same) { Ok(()) } else { Err(Code::WrongCredentials.into()) }
}

/// Refuses a banned principal with the reason of the ban.
pub(crate) fn refuse_banned(standing: &Standing) -> Result<(), Problem> {
    match &standing.ban {
        Some(ban) => Err(Problem::new(Code::Banned).detail(ban.reason.to_string())),
        None => Ok(()),
    }
}

/// Builds a session for the current epoch of a standing, and the secret of its first refresh token.
pub(crate) fn new_session(standing: &Standing, device: &Device, now: Timestamp) -> Result<(Session, String), Problem> {
    let secret = draw_secret()?;
    let session = Session {
        id: SessionId::from_uuid(Uuid::now_v7()),
        principal: standing.principal,
        epoch: standing.epoch,
        generation: 1,
        secret_hash: sha256(&secret),
        retry: None,
        agent: device.agent.clone(),
        address: device.address.clone(),
        opened_at: now,
        used_at: now,
        expires_at: Session::expiry(now, now),
    };
    Ok((session, secret))
}

/// Issues the tokens that answer a sign-in or a refresh.
pub(crate) fn issue(
    issuer: &TokenIssuer,
    session: &Session,
    secret: String,
    now: Timestamp,
) -> Result<SignedIn, Problem> {
    let token =
        RefreshToken { principal: session.principal, session: session.id, generation: session.generation, secret };
    let sealed = issuer.sealer.seal(REFRESH, &token)?;
    issuer.signer.issue(session, sealed, now).map(SignedIn)
}

/// Returns the hash that identifies a device. It covers the user agent without digits, because version numbers change
/// with every update, and the first two parts of the network address, because the rest changes within a provider.
fn fingerprint(issuer: &TokenIssuer, principal: Principal, device: &Device) -> String {
    let agent: String = device.agent.chars().filter(|c| !c.is_ascii_digit()).collect();
    let network = device.address.split(['.', ':']).take(2).collect::<Vec<_>>();
    issuer.sealer.keyed_hash(&format!("device {principal}"), &format!("{agent}\n{}", network.join(".")))
}

/// Ends a session of a principal. Ending one that does not exist succeeds.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn end(
    store: &Store,
    principal: Principal,
    session: SessionId,
    now: Timestamp,
) -> Result<(), Problem> {
    let event = Event::SessionsEnded { principal }.record(now)?;
    happened(store.access().end(principal, session, &event).await)?;
    Ok(())
}

/// Ends every session of a principal.
///
/// # Errors
/// `unavailable` if the standing changed at every attempt.
pub(crate) async fn end_all(store: &Store, principal: Principal, now: Timestamp) -> Result<(), Problem> {
    let event = Event::SessionsEnded { principal }.record(now)?;
    retry_on_conflict(|| async {
        let standing = store.access().standing(principal).await?.all_sessions_ended();
        Ok(happened(store.access().save(&standing, &event).await)?.then_some(()))
    })
    .await
}
