//! Why nobody was signed in.

use thiserror::Error;

/// A sign-in that came to nothing. Neither `Debug` nor `Display` carries a token, a code or anything about a person.
#[derive(Debug, Error)]
pub enum OidcError {
    /// The provider did not answer in time, or with a failure of its own. Another attempt may succeed.
    #[error("the provider could not be reached: {0}")]
    Unreachable(String),
    /// The provider does not take the code: it is used, expired or of another attempt. Holds the provider's error.
    #[error("the provider refused the code ({0})")]
    CodeRefused(String),
    /// The ID token is not what it should be.
    #[error("the ID token is not to be believed: {0}")]
    NotBelieved(#[from] Flaw),
    /// A person must mend the configuration, here or at the provider.
    #[error("misconfigured: {0}")]
    Misconfigured(String),
}

/// What is wrong with an ID token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// It is no signed token, its algorithm is none that any key of ours could have, or a claim is missing or mistyped.
    #[error("malformed")]
    Malformed,
    /// The provider publishes no key of this name that ID tokens may be signed with.
    #[error("unknown key")]
    UnknownKey,
    /// It names another algorithm than the one its key is for.
    #[error("wrong algorithm")]
    Algorithm,
    /// The key did not sign it.
    #[error("wrong signature")]
    Signature,
    /// Somebody else issued it.
    #[error("wrong issuer")]
    Issuer,
    /// It is for somebody else, or for others too.
    #[error("wrong audience")]
    Audience,
    /// It was good once.
    #[error("expired")]
    Expired,
    /// It was issued in the future.
    #[error("issued in the future")]
    FromTheFuture,
    /// It answers another attempt, or none.
    #[error("wrong nonce")]
    Nonce,
}
