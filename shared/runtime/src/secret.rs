//! Random secrets, and the hashes under which they are stored.

use aws_lc_rs::{digest, error::Unspecified, rand};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// Returns random bytes from the operating system.
///
/// # Errors
/// [`Unspecified`] if the machine has no entropy.
pub fn random<const N: usize>() -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

/// Returns a new secret: 256 random bits in 43 characters of base64url.
///
/// # Errors
/// [`Unspecified`] if the machine has no entropy.
pub fn draw_secret() -> Result<String, Unspecified> {
    random::<32>().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns the SHA-256 of a text in base64url. The table stores it instead of a secret. No key is needed, since 256
/// random bits cannot be guessed.
pub fn sha256(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}
