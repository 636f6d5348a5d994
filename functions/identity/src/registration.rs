//! What both registrations have in common: a code goes out, or seems to.

use aws_lc_rs::rand;
use jiff::Timestamp;
use souk_domain::{Email, Password};
use souk_messaging::Event;
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::{
    Store, WriteError,
    accounts::{Applicant, Pending},
    keys::Realm,
};
use souk_web::{Accepted, Code, Deps, Problem};

use crate::passwords;

/// What the registration and confirmation rooms need.
#[derive(Debug)]
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
}

impl Connect for Desk {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, sealer: Sealer::connect(start).await? })
    }
}

impl Deps for Desk {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// Takes a registration in, or a repeated one in place of the first.
///
/// An address that has an account takes the same way: the same hash is computed, the same item written under the same
/// limits, one mail sent. Only what the mail says differs, and that the code nobody gets fits nothing.
pub(crate) async fn register(
    desk: &Desk,
    email: Email,
    password: &Password,
    applicant: Applicant,
    now: Timestamp,
) -> Result<Accepted, Problem> {
    let realm = applicant.realm();
    let password = passwords::hash(password)?;
    for _ in 0..ATTEMPTS {
        let taken = desk.store.accounts().login(realm, &email).await?.is_some();
        let before = desk.store.accounts().pending(realm, &email).await?;
        let (version, codes) = before.map(|pending| (pending.version, pending.codes)).unwrap_or_default();
        let code = draw_code()?;
        let hash = match taken {
            false => desk.sealer.code_hash(&scope(realm, &email), &code),
            true => desk.sealer.code_hash("nobody", &code),
        };
        let codes = codes.send(hash, now).map_err(|wait| Problem::new(Code::CodeLocked).retry_at(wait.until, now))?;
        let mail = if taken {
            Event::AddressTaken { email: email.clone(), realm }
        } else {
            let sealed_code = desk.sealer.seal("code", &code).map_err(|_| Problem::new(Code::Internal))?;
            Event::CodeRequested { email: email.clone(), name: applicant.name().clone(), sealed_code }
        };
        let mail = mail.record(now).map_err(|_| Problem::new(Code::Internal))?;
        let pending = Pending {
            email: email.clone(),
            applicant: applicant.clone(),
            password: password.clone(),
            forgotten_at: codes.forgotten_at(now),
            codes,
            version: version + 1,
        };
        match desk.store.accounts().save_pending(&pending, version, Some(&mail)).await {
            Ok(()) => return Ok(Accepted),
            // Somebody registered the address at the same moment: look again, and meet the cooldown.
            Err(WriteError::Refused(_)) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Code::Unavailable.into())
}

/// How often a write that meets another one is decided anew. Each meeting means that another request got through.
pub(crate) const ATTEMPTS: usize = 8;

/// Six digits, each as likely as any other.
fn draw_code() -> Result<String, Problem> {
    loop {
        let mut bytes = [0; 4];
        rand::fill(&mut bytes).map_err(|_| Problem::new(Code::Internal))?;
        let number = u32::from_be_bytes(bytes);
        // The part of the range that six digits do not divide evenly is drawn again (chance: 1 in 4,800).
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

/// What a code's hash is bound to.
pub(crate) fn scope(realm: Realm, email: &Email) -> String {
    format!("{realm:?} {email}")
}
