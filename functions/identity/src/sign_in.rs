//! What all sign-ins have in common.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{Email, Password, Realm, totp::FactorProof};
use souk_store::{Store, limits::Verdict};
use souk_store_identity::{IdentityExt as _, accounts::Login};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Limit, Problem};

use crate::passwords::{self, Check};

/// Ten at once from one network address, then one in six seconds: enough for an office, too slow for guessing.
pub(crate) const LIMIT: Limit = Limit::per_minute(10, 10);

/// The same for one account, from wherever the guesses come.
const PER_ACCOUNT: Limit = Limit { burst: 10, every: SignedDuration::from_secs(30) };

/// A mail address and a password.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Credentials {
    /// The address of the account.
    pub(crate) email: Email,
    /// Its password.
    pub(crate) password: Password,
}

/// A mail address, a password, and a code where a second factor is on.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "CredentialsWithFactor")]
pub struct FactorInput {
    /// The address of the account.
    email: Email,
    /// Its password.
    password: Password,
    /// Six digits that the app shows, or a recovery code. Only where a second factor is on; the answer says so.
    #[deserr(default)]
    second_factor: Option<FactorProof>,
}

impl FactorInput {
    /// What is checked first, and what is asked for only if that was right.
    pub(crate) fn split(self) -> (Credentials, Option<FactorProof>) {
        (Credentials { email: self.email, password: self.password }, self.second_factor)
    }
}

/// The credentials that an address and a password belong to, as they are stored now. An unknown address costs what a wrong password costs.
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

/// Counts a guess at an account's password, and refuses one too many.
pub(crate) async fn count(store: &Store, realm: Realm, email: &Email, now: Timestamp) -> Result<(), Problem> {
    let who = format!("{realm:?} {email}");
    match store.limits().pass("sign_in", PER_ACCOUNT, &who, now).await? {
        Verdict::Wait { until } => Err(Problem::new(Code::RateLimited).retry_at(until, now)),
        Verdict::Pass { .. } => Ok(()),
    }
}

/// Checks a password against the credentials that were read, or at the same cost against nobody's.
pub(crate) async fn check(store: &Store, login: Option<Login>, password: &Password) -> Result<Login, Problem> {
    let check = passwords::check(password, login.as_ref().and_then(|login| login.password.as_deref()))?;
    match (login, check) {
        (Some(login), Check::Right) => Ok(login),
        (Some(login), Check::RightButOld) => {
            let hash = passwords::hash(password)?;
            store.accounts().rehash(&login, &hash).await?;
            Ok(Login { password: Some(hash), ..login })
        }
        _ => Err(Code::WrongCredentials.into()),
    }
}
