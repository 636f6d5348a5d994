//! The shared parts of all sign-ins: limits, credentials and the check of a password.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{Email, Password, Realm, totp::FactorProof};
use souk_store::{Store, limits::Verdict};
use souk_store_identity::{IdentityExt as _, accounts::Login};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Limit, Problem};

use crate::passwords::{self, Check};

/// The limit for one network address: a burst of 10, then 10 a minute. This is enough for an office, and too slow for
/// guessing.
pub(crate) const LIMIT: Limit = Limit::per_minute(10, 10);

/// The limit for one account, for guesses from any network address: a burst of 10, then one in 30 seconds.
const PER_ACCOUNT: Limit = Limit { burst: 10, every: SignedDuration::from_secs(30) };

/// A mail address and a password.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Credentials {
    /// The mail address of the account.
    pub(crate) email: Email,
    /// The password of the account.
    pub(crate) password: Password,
}

/// A mail address, a password and, if a second factor is on, a proof of it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CredentialsWithFactor {
    /// The mail address of the account.
    email: Email,
    /// The password of the account.
    password: Password,
    /// The six digits of the authenticator app, or a recovery code. Needed only if a second factor is on: the problem
    /// `second_factor_required` says so.
    #[deserr(default)]
    second_factor: Option<FactorProof>,
}

impl CredentialsWithFactor {
    /// Splits the credentials, which are checked first, from the proof of the second factor.
    pub(crate) fn split(self) -> (Credentials, Option<FactorProof>) {
        (Credentials { email: self.email, password: self.password }, self.second_factor)
    }
}

/// Checks an address and a password. Returns the login as it is stored now. An unknown address costs the same work as a
/// wrong password.
pub(crate) async fn authenticate(
    store: &Store,
    realm: Realm,
    input: &Credentials,
    now: Timestamp,
) -> Result<Login, Problem> {
    count(store, realm, &input.email, now).await?;
    let login = store.accounts().login(realm, &input.email).await?;
    check(store, login, &input.password).await
}

/// Counts a guess at an account's password. Refuses it beyond the limit of the account.
pub(crate) async fn count(store: &Store, realm: Realm, email: &Email, now: Timestamp) -> Result<(), Problem> {
    let account = format!("{realm:?} {email}");
    match store.limits().pass("sign_in", PER_ACCOUNT, &account, now).await? {
        Verdict::Wait { until } => Err(Problem::new(Code::RateLimited).retry_at(until, now)),
        Verdict::Pass { .. } => Ok(()),
    }
}

/// Checks a password against a login. Without a login it fails at the same cost. A hash with outdated parameters is
/// renewed.
pub(crate) async fn check(store: &Store, login: Option<Login>, password: &Password) -> Result<Login, Problem> {
    let check = passwords::check(password, login.as_ref().and_then(|login| login.password.as_deref()))?;
    match (login, check) {
        (Some(login), Check::Right) => Ok(login),
        (Some(login), Check::RightButOutdated) => {
            let hash = passwords::hash(password)?;
            store.accounts().rehash(&login, &hash).await?;
            Ok(Login { password: Some(hash), ..login })
        }
        _ => Err(Code::WrongCredentials.into()),
    }
}
