//! Passwords, before they are hashed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::Invalid;

/// A password as somebody typed it, in Unicode NFC (NIST SP 800-63B, 3.1.1.2), 8 to 128 characters long. It never shows
/// itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes what somebody typed. Whether they might choose it today is not asked: see [`NewPassword`].
    ///
    /// # Errors
    /// `too_short` or `too_long`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text: String = raw.nfc().collect();
        match text.chars().count() {
            0..8 => Err(Invalid::new("too_short", "must have at least 8 characters")),
            8..=128 => Ok(Self(text)),
            _ => Err(Invalid::new("too_long", "must have at most 128 characters")),
        }
    }

    /// For hashing, and nothing else.
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

/// A password that somebody chooses now. Beyond the length there is one rule, that it must not be among those that are
/// tried first (OWASP ASVS 5.0, 6.2.4, 6.2.5 and 6.2.11): rules of composition make passwords worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword(Password);

impl NewPassword {
    /// Takes what somebody chose.
    ///
    /// # Errors
    /// `too_short`, `too_long` or `common`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let password = Password::parse(raw)?;
        let lower = password.0.to_lowercase();
        // "Souk2026!" is our name with decoration.
        let letters: String = lower.chars().filter(|c| c.is_alphabetic()).collect();
        let named_after_us = CONTEXT.iter().any(|word| letters.contains(word) && letters.len() < word.len() + 4);
        if named_after_us || COMMON.lines().any(|common| common == lower) {
            return Err(Invalid::new("common", "is among the passwords that are tried first"));
        }
        Ok(Self(password))
    }

    /// The password as it will be typed from now on.
    pub fn password(&self) -> &Password {
        &self.0
    }
}

crate::edge!(NewPassword, { "format": "password", "minLength": 8, "maxLength": 128 });

/// The 3,000 most used passwords of at least 8 characters, in lower case, from breaches collected by Royce Williams
/// (<https://gist.github.com/roycewilliams/226886fd01572964e1431ac8afc999ce>), as the BSD-licensed Django 5.2 has them.
const COMMON: &str = include_str!("../data/common-passwords.txt");

/// Words that say what this is, which guessers try with a number behind.
const CONTEXT: &[&str] = &["souk", "marketplace", "seller", "shopper"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_being_unheard_of_are_the_only_rules() {
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
    fn what_could_be_chosen_once_can_still_be_typed() {
        assert!(Password::parse("PassWord").is_ok());
    }

    #[test]
    fn the_list_has_what_the_standard_asks_for() {
        assert_eq!(COMMON.lines().count(), 3_000);
        assert!(COMMON.lines().all(|common| common.chars().count() >= 8 && common == common.to_lowercase()));
    }

    #[test]
    fn a_password_does_not_print_itself() {
        assert_eq!(format!("{:?}", Password::parse("correct horse").unwrap()), "Password(..)");
    }
}
