//! Passwords before hashing.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::Invalid;

/// A password in Unicode NFC (NIST SP 800-63B, 3.1.1.2), 8 to 128 characters long. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Accepts an entered password. Whether it may be chosen as a new password is not checked: see [`NewPassword`].
    ///
    /// # Errors
    /// `too_short` or `too_long`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text: String = raw.nfc().collect();
        if text.chars().count() < 8 {
            return Err(Invalid::new("too_short", "must have at least 8 characters"));
        }
        if raw.chars().count() > 128 || text.chars().count() > 128 {
            return Err(Invalid::new("too_long", "must have at most 128 characters"));
        }
        Ok(Self(text))
    }

    /// Returns the text, for hashing only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

crate::edge!(Password, { "format": "password", "minLength": 8, "maxLength": 128 });

/// A newly chosen password. Besides the length there is one rule: it must not be among the passwords that attackers try
/// first (OWASP ASVS 5.0, 6.2.4, 6.2.5 and 6.2.11). Rules of composition would make passwords worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword(Password);

impl NewPassword {
    /// Accepts a newly chosen password.
    ///
    /// # Errors
    /// `too_short`, `too_long` or `common`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let password = Password::parse(raw)?;
        let lower = password.0.to_lowercase();
        // "Souk2026!" is the name of the marketplace with decoration.
        let letters: String = lower.chars().filter(|c| c.is_alphabetic()).collect();
        let is_site_name = CONTEXT.iter().any(|word| letters.contains(word) && letters.len() < word.len() + 4);
        if is_site_name || COMMON.lines().any(|common| common == lower) {
            return Err(Invalid::new("common", "must not be one of the most common passwords"));
        }
        Ok(Self(password))
    }

    /// Returns the password.
    pub fn password(&self) -> &Password {
        &self.0
    }
}

crate::edge!(NewPassword, { "format": "password", "minLength": 8, "maxLength": 128 });

/// The 3,000 most used passwords of at least 8 characters, in lower case, from breaches collected by Royce Williams
/// (<https://gist.github.com/roycewilliams/226886fd01572964e1431ac8afc999ce>), as in the BSD-licensed Django 5.2.
const COMMON: &str = include_str!("../data/common-passwords.txt");

/// Words about this site, which attackers try with a number appended.
const CONTEXT: &[&str] = &["souk", "marketplace", "seller", "shopper"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_is_long_enough_and_not_common() {
        for raw in ["correct horse", "пароль-длинный", "souk of the evening", "12 sellers in the rain"] {
            assert!(NewPassword::parse(raw).is_ok(), "{raw}");
        }
        for (raw, code) in [
            ("1234567", "too_short"),
            (&"x".repeat(129), "too_long"),
            ("PassWord", "common"),
            ("qwertyuiop", "common"),
            ("Souk2026!", "common"),
            ("marketplace1", "common"),
        ] {
            assert_eq!(NewPassword::parse(raw).unwrap_err().code, code, "{raw}");
        }
    }

    #[test]
    fn a_common_password_can_still_be_entered() {
        assert!(Password::parse("PassWord").is_ok());
    }

    #[test]
    fn the_list_of_common_passwords_has_3_000_entries_in_lower_case() {
        assert_eq!(COMMON.lines().count(), 3_000);
        assert!(COMMON.lines().all(|common| common.chars().count() >= 8 && common == common.to_lowercase()));
    }

    #[test]
    fn a_password_does_not_print_itself() {
        assert_eq!(format!("{:?}", Password::parse("correct horse").unwrap()), "Password(..)");
    }
}
