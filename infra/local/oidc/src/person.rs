//! The people who can sign in.

use aws_lc_rs::digest::{SHA256, digest};

/// A person with an account at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// Whether the mail address is verified.
    pub email_verified: bool,
    /// The id of the account, which does not depend on the address. If it is `None`, the id is derived from the
    /// address, so that it is the same after a restart.
    pub subject: Option<String>,
}

impl Person {
    /// Creates a person with a verified address.
    pub fn new(name: &str, email: &str) -> Self {
        Self { name: name.to_owned(), email: email.to_owned(), email_verified: true, subject: None }
    }

    /// Returns the `sub` claim: 21 digits, like Google's.
    pub fn subject(&self) -> String {
        self.subject.clone().unwrap_or_else(|| {
            let hash = digest(&SHA256, self.email.to_lowercase().as_bytes());
            let number = hash.as_ref().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            format!("1{number:020}")
        })
    }
}
