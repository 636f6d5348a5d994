//! Random bits that only who was given them can know, and what is stored of them.

use aws_lc_rs::{digest, error::Unspecified, rand};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// Random bytes.
///
/// # Errors
/// [`Unspecified`] when the machine has no entropy.
pub fn random<const N: usize>() -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

/// A secret: 256 random bits in 43 characters of base64url.
///
/// # Errors
/// [`Unspecified`] when the machine has no entropy.
pub fn draw_secret() -> Result<String, Unspecified> {
    random::<32>().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The SHA-256 of a text in base64url: what is stored of a secret, since 256 random bits need no key to be safe from
/// guessing.
pub fn sha256(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}
