//! Codes by mail: sent under the policy of [`souk_domain::code`], and weighed when they come back.
//!
//! Whoever asks for a code is answered without a look at any account: the same reads, the same write and the same event
//! for every address. Whether a letter goes out is decided by who writes the letters.

use jiff::Timestamp;
use souk_domain::{
    Email, Invalid, Password, Realm,
    code::{CodeHash, Guess, Purpose, Wait},
};
use souk_messaging::Event;
use souk_runtime::{Sealer, random};
use souk_store::{ATTEMPTS, Store, happened};
use souk_store_identity::{
    IdentityExt as _,
    codes::{CodeState, Registration},
};
use souk_web::{Accepted, Code, Deserr, FieldErrors, JsonSchema, Problem};

use crate::passwords::{self, Check};

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

/// Where a code is to go.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CodeRequest {
    /// The address.
    pub(crate) email: Email,
}

/// An address, as what it signs in, and what its codes are for.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) purpose: Purpose,
    pub(crate) realm: Realm,
    pub(crate) email: Email,
}

/// What codes are sent and weighed with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Codes<'a> {
    pub(crate) store: &'a Store,
    pub(crate) sealer: &'a Sealer,
    pub(crate) now: Timestamp,
}

impl Codes<'_> {
    /// Sends a code, or seems to. A registration takes the place of one that waits; the code is for it alone.
    ///
    /// # Errors
    /// `code_locked`.
    pub(crate) async fn send(&self, to: Subject, registration: Option<Registration>) -> Result<Accepted, Problem> {
        for _ in 0..ATTEMPTS {
            let before = self.read(&to).await?;
            let code = draw_code()?;
            let codes = before.codes.send(to.purpose, self.hash(&to, &code), self.now);
            let mut next = before.next(codes.map_err(|wait| self.locked(wait))?, self.now);
            next.registration = registration.clone().or(next.registration);
            let sealed_code = self.sealer.seal("code", &code)?;
            let Subject { purpose, realm, email } = to.clone();
            let mail = Event::CodeRequested { email, realm, purpose, sealed_code }.record(self.now)?;
            if happened(self.store.codes().save(&next, Some(&mail)).await)? {
                return Ok(Accepted);
            }
        }
        Err(Code::Unavailable.into())
    }

    /// Weighs a guess. The right one gives the state in which the code is used up, to be written together with what the
    /// code was for; where that is refused as stale, the guess is to be weighed again.
    ///
    /// The code of a registration is right only with the password of that registration, so that nobody confirms what a
    /// stranger registered in their name.
    ///
    /// # Errors
    /// `wrong_code`, `code_locked`.
    pub(crate) async fn weigh(
        &self,
        of: &Subject,
        code: &TypedCode,
        password: Option<&Password>,
    ) -> Result<CodeState, Problem> {
        let hash = self.hash(of, &code.0);
        for _ in 0..ATTEMPTS {
            let state = self.read(of).await?;
            let (mut guess, mut codes) = state.codes.guess(&hash, self.now);
            if guess == Guess::Right && !fits(&state, password)? {
                (guess, codes) = state.codes.guess("no code hashes to this", self.now);
            }
            let refusal = match guess {
                Guess::Right => return Ok(state.next(codes, self.now)),
                Guess::None => return Err(Code::WrongCode.into()),
                Guess::Locked(wait) => return Err(self.locked(wait)),
                Guess::Wrong => Code::WrongCode.into(),
                Guess::Void(wait) => self.locked(wait),
            };
            // A wrong guess is answered only once it is counted.
            if happened(self.store.codes().save(&state.next(codes, self.now), None).await)? {
                return Err(refusal);
            }
        }
        Err(Code::Unavailable.into())
    }

    async fn read(&self, of: &Subject) -> Result<CodeState, Problem> {
        Ok(self.store.codes().get(of.purpose, of.realm, &of.email, self.now).await?)
    }

    /// What is stored of a code. It fits no other address, realm or purpose.
    fn hash(&self, of: &Subject, code: &str) -> CodeHash {
        let Subject { purpose, realm, email } = of;
        self.sealer.keyed_hash(&format!("{purpose:?} {realm:?} {email}"), code)
    }

    fn locked(&self, wait: Wait) -> Problem {
        Problem::new(Code::CodeLocked).retry_at(wait.until, self.now)
    }
}

fn fits(state: &CodeState, password: Option<&Password>) -> Result<bool, Problem> {
    match (&state.registration, password) {
        (_, None) => Ok(true),
        (None, Some(_)) => Ok(false),
        (Some(waiting), Some(password)) => Ok(passwords::check(password, Some(&waiting.password))? != Check::Wrong),
    }
}

/// Six digits, each as likely as any other.
fn draw_code() -> Result<String, Problem> {
    loop {
        let number = u32::from_be_bytes(random()?);
        // The part of the range that six digits do not divide evenly is drawn again (chance: 1 in 4,800).
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}
