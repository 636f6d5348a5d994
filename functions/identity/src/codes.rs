//! Mailed codes: sending them under the policy of [`souk_domain::code`], and checking them when they come back.
//!
//! A request for a code is answered without a look at any account: the same reads, the same write and the same event
//! for every address. The worker that sends the mail decides later whether a mail goes out at all. So the answer does
//! not reveal whether an account exists.

use jiff::Timestamp;
use souk_domain::{
    Email, Invalid, Password, Realm,
    code::{CodeHash, Guess, Purpose, Wait},
};
use souk_messaging::Event;
use souk_runtime::{Sealer, random};
use souk_store::{Store, happened, retry_on_conflict};
use souk_store_identity::{
    IdentityExt as _,
    codes::{CodeState, Registration},
};
use souk_web::{Accepted, Code, Deserr, FieldErrors, JsonSchema, Problem};

use crate::passwords::{self, Check};

/// A mailed code as a person typed it: six digits.
#[derive(Debug, Clone)]
pub(crate) struct TypedCode(String);

impl TypedCode {
    /// Parses six digits, with white space around them.
    /// # Errors
    /// `malformed` if the text is not six digits. Such a guess is not counted.
    pub(crate) fn parse(raw: &str) -> Result<Self, Invalid> {
        let digits = raw.trim();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(digits.to_owned()));
        }
        Err(Invalid::new("malformed", "must be six digits"))
    }
}

const SIX_DIGITS: &str = concat!("^", souk_domain::space!(), "*[0-9]{6}", souk_domain::space!(), "*$");

souk_domain::edge!(TypedCode, { "pattern": SIX_DIGITS, "examples": ["123456"] });

/// The mail address that a code is sent to.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct CodeRequest {
    /// The mail address.
    pub(crate) email: Email,
}

/// The owner and the purpose of a mailed code: a code is valid only for this address, realm and purpose.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) purpose: Purpose,
    pub(crate) realm: Realm,
    pub(crate) email: Email,
}

/// Sends and checks mailed codes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Codes<'a> {
    pub(crate) store: &'a Store,
    pub(crate) sealer: &'a Sealer,
    pub(crate) now: Timestamp,
}

impl Codes<'_> {
    /// Requests a mail with a new code. Whether a mail is sent is decided later, so that the answer is the same for
    /// every address. `registration` replaces a pending registration, and the new code confirms only this one.
    ///
    /// # Errors
    /// `code_locked` if the address has had too many codes or wrong guesses.
    pub(crate) async fn send(&self, to: Subject, registration: Option<Registration>) -> Result<Accepted, Problem> {
        retry_on_conflict(|| async {
            let before = self.read(&to).await?;
            let code = draw_code()?;
            let codes = before.codes.send(to.purpose, self.hash(&to, &code), self.now);
            let mut next = before.next(codes.map_err(|wait| self.locked(wait))?, self.now);
            next.registration = registration.clone().or(next.registration);
            let sealed_code = self.sealer.seal("code", &code)?;
            let Subject { purpose, realm, email } = to.clone();
            let mail = Event::CodeRequested { email, realm, purpose, sealed_code }.record(self.now)?;
            Ok(happened(self.store.codes().save(&next, Some(&mail)).await)?.then_some(Accepted))
        })
        .await
    }

    /// Checks a guess. A right guess returns the state in which the code is used up. The caller writes this state
    /// together with what the code was for. If that write is refused as stale, the caller checks the guess again.
    ///
    /// The code of a registration is right only together with the password of that registration. Otherwise the owner of
    /// an address could confirm an account that a stranger registered with it.
    ///
    /// # Errors
    /// `wrong_code`, `code_locked`.
    pub(crate) async fn check(
        &self,
        subject: &Subject,
        code: &TypedCode,
        password: Option<&Password>,
    ) -> Result<CodeState, Problem> {
        let hash = self.hash(subject, &code.0);
        retry_on_conflict(|| async {
            let state = self.read(subject).await?;
            let (mut guess, mut codes) = state.codes.guess(&hash, self.now);
            if guess == Guess::Right && !password_matches(&state, password)? {
                (guess, codes) = state.codes.guess("no code hashes to this", self.now);
            }
            let refusal = match guess {
                Guess::Right => return Ok(Some(state.next(codes, self.now))),
                Guess::None => return Err(Code::WrongCode.into()),
                Guess::Locked(wait) => return Err(self.locked(wait)),
                Guess::Wrong => Code::WrongCode.into(),
                Guess::Void(wait) => self.locked(wait),
            };
            // A wrong guess is answered only once it is counted.
            match happened(self.store.codes().save(&state.next(codes, self.now), None).await)? {
                true => Err(refusal),
                false => Ok(None),
            }
        })
        .await
    }

    async fn read(&self, subject: &Subject) -> Result<CodeState, Problem> {
        let Subject { purpose, realm, email } = subject;
        Ok(self.store.codes().get(*purpose, *realm, email, self.now).await?)
    }

    /// Returns the hash that is stored instead of the code. It matches no other address, realm or purpose.
    fn hash(&self, subject: &Subject, code: &str) -> CodeHash {
        let Subject { purpose, realm, email } = subject;
        self.sealer.keyed_hash(&format!("{purpose:?} {realm:?} {email}"), code)
    }

    fn locked(&self, wait: Wait) -> Problem {
        Problem::new(Code::CodeLocked).retry_at(wait.until, self.now)
    }
}

/// Tells whether `password` is the password of the pending registration. `None` asks for no password.
fn password_matches(state: &CodeState, password: Option<&Password>) -> Result<bool, Problem> {
    match (&state.registration, password) {
        (_, None) => Ok(true),
        (None, Some(_)) => Ok(false),
        (Some(pending), Some(password)) => Ok(passwords::check(password, Some(&pending.password))? != Check::Wrong),
    }
}

/// Returns six random digits. Every code is equally likely.
fn draw_code() -> Result<String, Problem> {
    loop {
        let number = u32::from_be_bytes(random()?);
        // A number beyond the largest multiple of a million would favour some codes, so it is drawn again (chance: 1 in
        // 4,800).
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}
