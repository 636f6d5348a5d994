//! Passwords, before they are hashed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::Invalid;

/// A password as somebody typed it, in Unicode NFC (NIST SP 800-63B, 3.1.1.2), 8 to 128 characters long. It never shows
/// itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes what somebody chose or typed. Length is the only rule (OWASP ASVS 5.0, 6.2.1, 6.2.5 and 6.2.9): composition rules
    /// make passwords worse.
    ///
    /// # Errors
    /// `too_short`, `too_long` or `common`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text: String = raw.nfc().collect();
        match text.chars().count() {
            0..8 => Err(Invalid::new("too_short", "must have at least 8 characters")),
            8..=128 if COMMON.contains(&text.to_lowercase().as_str()) => {
                Err(Invalid::new("common", "is among the passwords that are tried first"))
            }
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

/// Those of the most used passwords of the world that are long enough to pass the length rule.
const COMMON: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "password1",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwertyuiop",
    "qwerty123",
    "qwerty12",
    "qwertyui",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "iloveyou",
    "iloveyou1",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "welcome1",
    "welcome123",
    "letmein1",
    "whatever",
    "starwars",
    "computer",
    "michelle",
    "jennifer",
    "corvette",
    "internet",
    "asdfghjkl",
    "asdf1234",
    "abcd1234",
    "abc12345",
    "a1b2c3d4",
    "zaq12wsx",
    "zxcvbnm1",
    "11111111",
    "111111111",
    "00000000",
    "87654321",
    "987654321",
    "0987654321",
    "88888888",
    "12341234",
    "11223344",
    "123123123",
    "123321123",
    "admin123",
    "administrator",
    "changeme",
    "changeme1",
    "secret123",
    "default1",
    "monkey123",
    "dragon123",
    "liverpool",
    "chocolate",
    "butterfly",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_being_unheard_of_are_the_only_rules() {
        assert!(Password::parse("correct horse").is_ok());
        assert!(Password::parse("пароль-длинный").is_ok());
        for (raw, code) in [("1234567", "too_short"), (&"x".repeat(129), "too_long"), ("PassWord", "common")] {
            assert_eq!(Password::parse(raw).unwrap_err().code, code);
        }
    }

    #[test]
    fn a_password_does_not_print_itself() {
        assert_eq!(format!("{:?}", Password::parse("correct horse").unwrap()), "Password(..)");
    }
}
