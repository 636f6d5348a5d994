//! What both confirmations have in common: a guess is weighed, and the right one makes an account.

use jiff::Timestamp;
use souk_domain::{Email, Id, Invalid, Principal, SellerId, UserId, code::Guess};
use souk_store::{
    WriteError,
    accounts::{Applicant, Login, Pending, Rule, Seller, User},
    keys::Realm,
};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Problem};

use crate::registration::{ATTEMPTS, Desk, scope};

/// A code as somebody typed it: six digits.
#[derive(Debug, Clone)]
pub(crate) struct TypedCode(String);

impl TypedCode {
    /// Reads it.
    ///
    /// # Errors
    /// `malformed` when it is not six digits: such a guess is not counted.
    pub(crate) fn parse(raw: &str) -> Result<Self, Invalid> {
        let digits = raw.trim();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(digits.to_owned()));
        }
        Err(Invalid::new("malformed", "must be six digits"))
    }
}

souk_domain::edge!(TypedCode, { "pattern": "^[0-9]{6}$", "examples": ["123456"] });

/// What comes back from the mail.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "Confirmation")]
pub struct Input {
    /// The address that was registered.
    email: Email,
    /// The code that was sent there.
    code: TypedCode,
}

/// Weighs a guess at the code of a registration. The right one makes the account, once.
pub(crate) async fn confirm(desk: &Desk, realm: Realm, input: Input, now: Timestamp) -> Result<Principal, Problem> {
    let Input { email, code } = input;
    let hash = desk.sealer.code_hash(&scope(realm, &email), &code.0);
    for _ in 0..ATTEMPTS {
        let Some(pending) = desk.store.accounts().pending(realm, &email).await? else {
            return Err(Code::WrongCode.into());
        };
        let (guess, codes) = pending.codes.guess(&hash, now);
        let outcome = match guess {
            Guess::Right => match create(desk, &pending, now).await {
                Ok(principal) => return Ok(principal),
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => continue,
                Err(WriteError::Refused(_)) => return Err(Code::WrongCode.into()),
                Err(WriteError::Store(error)) => return Err(error.into()),
            },
            Guess::None => return Err(Code::WrongCode.into()),
            Guess::Locked(wait) => return Err(Problem::new(Code::CodeLocked).retry_at(wait.until, now)),
            Guess::Wrong => Problem::new(Code::WrongCode),
            Guess::Void(wait) => Problem::new(Code::CodeLocked).retry_at(wait.until, now),
        };
        // A wrong guess is answered only once it is counted.
        let counted = Pending { forgotten_at: codes.forgotten_at(now), codes, version: pending.version + 1, ..pending };
        match desk.store.accounts().save_pending(&counted, counted.version - 1, None).await {
            Ok(()) => return Err(outcome),
            Err(WriteError::Refused(_)) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Code::Unavailable.into())
}

async fn create(desk: &Desk, pending: &Pending, now: Timestamp) -> Result<Principal, WriteError<Rule>> {
    let uuid = fresh();
    let email = pending.email.clone();
    let login = |principal| Login { email: pending.email.clone(), principal, password: pending.password.clone() };
    let accounts = desk.store.accounts();
    match pending.applicant.clone() {
        Applicant::User { name } => {
            let user = User { id: UserId::from_uuid(uuid), email, name, admin: false, created_at: now };
            let principal = Principal::User(user.id);
            accounts.confirm(pending, &login(principal), &user).await.map(|()| principal)
        }
        Applicant::Seller { name, phone, country } => {
            let id = SellerId::from_uuid(uuid);
            let seller = Seller { id, email, name, phone, country, created_at: now };
            let principal = Principal::Seller(id);
            accounts.confirm(pending, &login(principal), &seller).await.map(|()| principal)
        }
    }
}

fn fresh() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
