//! Who can sign in here.

use aws_lc_rs::digest::{SHA256, digest};

/// Somebody with an account here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// Whether they proved that it is theirs.
    pub email_verified: bool,
    /// Names the account, whatever becomes of the address. None: it is made from the address, so that it is the same
    /// after a restart.
    pub subject: Option<String>,
}

impl Person {
    /// Somebody whose address is verified.
    pub fn new(name: &str, email: &str) -> Self {
        Self { name: name.to_owned(), email: email.to_owned(), email_verified: true, subject: None }
    }

    /// The `sub` claim: 21 digits, as Google's are.
    pub fn subject(&self) -> String {
        self.subject.clone().unwrap_or_else(|| {
            let hash = digest(&SHA256, self.email.to_lowercase().as_bytes());
            let number = hash.as_ref().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            format!("1{number:020}")
        })
    }
}
