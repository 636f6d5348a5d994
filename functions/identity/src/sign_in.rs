//! What all sign-ins have in common.

use jiff::SignedDuration;
use souk_domain::{Email, Password};
use souk_store::{accounts::Login, keys::Realm};
use souk_web::{Code, Cx, Deserr, FieldErrors, JsonSchema, Limit, Problem, SignInDesk};

use crate::passwords::{self, Check};

/// Ten at once from one network address, then one in six seconds: enough for an office, too slow for guessing.
pub(crate) const LIMIT: Limit = Limit::per_minute(10, 10);

/// The same for one account, from wherever the guesses come.
const PER_ACCOUNT: Limit = Limit { burst: 10, every: SignedDuration::from_secs(30) };

/// A mail address and a password.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "Credentials")]
pub struct Input {
    /// The address of the account.
    pub(crate) email: Email,
    /// Its password.
    pub(crate) password: Password,
}

/// The credentials that an address and a password belong to. An unknown address costs what a wrong password costs.
pub(crate) async fn authenticate(cx: &Cx<'_, SignInDesk>, realm: Realm, input: &Input) -> Result<Login, Problem> {
    let who = format!("{realm:?} {}", input.email);
    let verdict = cx.store.limits().pass("sign_in", PER_ACCOUNT, &who, cx.now).await?;
    if let souk_store::limits::Verdict::Wait { until } = verdict {
        return Err(Problem::new(Code::RateLimited).retry_at(until, cx.now));
    }
    let login = cx.store.accounts().login(realm, &input.email).await?;
    let check = passwords::check(&input.password, login.as_ref().map(|login| login.password.as_str()))?;
    match (login, check) {
        (Some(login), Check::Right) => Ok(login),
        (Some(login), Check::RightButOld) => {
            cx.store.accounts().rehash(&login, &passwords::hash(&input.password)?).await?;
            Ok(login)
        }
        _ => Err(Code::WrongCredentials.into()),
    }
}
