//! The errors of a sign-in.

use thiserror::Error;

/// A failed sign-in. Neither `Debug` nor `Display` contains a token, a code or personal data.
#[derive(Debug, Error)]
pub enum OidcError {
    /// The provider did not answer in time, or answered with an error of its own. A retry may succeed.
    #[error("the provider could not be reached: {0}")]
    Unreachable(String),
    /// The provider refused the code, because it is used, expired or of another attempt. Contains the provider's error
    /// code.
    #[error("the provider refused the code ({0})")]
    CodeRefused(String),
    /// The ID token is invalid.
    #[error("the ID token is invalid: {0}")]
    NotBelieved(#[from] Flaw),
    /// The configuration is wrong, here or at the provider. A person must correct it.
    #[error("misconfigured: {0}")]
    Misconfigured(String),
}

/// The reason why an ID token is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// The token is not a signed token, has an unsupported algorithm, or lacks a claim or has one of another type.
    #[error("malformed")]
    Malformed,
    /// The provider publishes no key with this id that may sign ID tokens.
    #[error("unknown key")]
    UnknownKey,
    /// The token names another algorithm than that of its key.
    #[error("wrong algorithm")]
    Algorithm,
    /// The signature is not of the key.
    #[error("wrong signature")]
    Signature,
    /// The token is of another issuer.
    #[error("wrong issuer")]
    Issuer,
    /// The token is for another client, or for several.
    #[error("wrong audience")]
    Audience,
    /// The token has expired.
    #[error("expired")]
    Expired,
    /// The token was issued in the future.
    #[error("issued in the future")]
    FromTheFuture,
    /// The token belongs to another attempt, or to none.
    #[error("wrong nonce")]
    Nonce,
}
