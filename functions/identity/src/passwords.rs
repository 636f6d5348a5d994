//! Password hashes.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Error, phc::PasswordHash},
};
use souk_domain::Password;
use souk_web::{Code, Problem};

/// Argon2id with 19 MiB, two passes and one lane: the first choice of OWASP's Password Storage Cheat Sheet.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1_024, 2, 1, None).unwrap_or_default())
}

/// A hash that no password matches. An unknown address is checked against it, so that it costs the same work as a known
/// one.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c291ay1ub2JvZHlzLXNhbHQ$6H2T5f0cYkX1w9cWfUu3mM1B7qY3x0m5y0r9bq0pQ7I";

/// Hashes a password with a random salt. Returns a PHC string.
pub(crate) fn hash(password: &Password) -> Result<String, Problem> {
    let hash = argon2().hash_password(password.expose().as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| internal(&error))
}

/// The result of checking a password against a stored hash.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Check {
    Right,
    /// The password is right, but the hash has outdated parameters.
    RightButOutdated,
    Wrong,
}

/// Checks a password against a stored hash. Without one the password is wrong, at the same cost.
pub(crate) fn check(password: &Password, stored: Option<&str>) -> Result<Check, Problem> {
    let hash = PasswordHash::new(stored.unwrap_or(DUMMY_HASH)).map_err(|error| internal(&error.into()))?;
    match argon2().verify_password(password.expose().as_bytes(), &hash) {
        Ok(()) if stored.is_none() => Ok(Check::Wrong),
        Ok(()) if is_current(&hash) => Ok(Check::Right),
        Ok(()) => Ok(Check::RightButOutdated),
        Err(Error::PasswordInvalid) => Ok(Check::Wrong),
        Err(error) => Err(internal(&error)),
    }
}

fn is_current(hash: &PasswordHash) -> bool {
    let stored = Params::try_from(hash).ok();
    let current = argon2().params().clone();
    stored.is_some_and(|stored| {
        (stored.m_cost(), stored.t_cost(), stored.p_cost()) == (current.m_cost(), current.t_cost(), current.p_cost())
    })
}

fn internal(error: &Error) -> Problem {
    tracing::error!(%error, "password could not be hashed");
    Code::Internal.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[test]
    fn a_hash_matches_its_password_and_no_other() {
        let stored = hash(&password("correct horse")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(check(&password("correct horse"), Some(&stored)).unwrap(), Check::Right);
        assert_eq!(check(&password("battery staple"), Some(&stored)).unwrap(), Check::Wrong);
    }

    #[test]
    fn the_dummy_hash_can_be_checked_and_matches_no_password() {
        assert_eq!(check(&password("correct horse"), None).unwrap(), Check::Wrong);
    }

    #[test]
    fn a_hash_with_weaker_parameters_is_outdated() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
        let stored = weak.hash_password(b"correct horse").unwrap().to_string();
        assert_eq!(check(&password("correct horse"), Some(&stored)).unwrap(), Check::RightButOutdated);
    }
}
