//! Sealing of values that leave the system and come back: cursors in clients, codes in queues.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    error::Unspecified,
    hkdf, hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Connect, Start, StartError};

/// The text was not sealed with this key for this purpose, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text was not sealed here for this purpose")]
pub struct Forged;

/// Seals values with AES-256-GCM and hashes texts with HMAC-SHA-256. Each purpose has its own key, derived by HKDF from
/// one secret. A value that was sealed for one purpose therefore cannot be opened for another.
///
/// After a rotation there are several secrets. `infra/rotate_sealing_key.py` writes them.
#[derive(Debug, Deserialize)]
pub struct Sealer {
    /// Seals, and opens.
    seal: SecretString,
    /// Hashes. A rotation keeps it, because a hash cannot be made anew without the text.
    hash: SecretString,
    /// Open what was sealed before the last rotation, or what a function seals that has rotated already.
    open: Vec<SecretString>,
}

impl Sealer {
    /// Makes a sealer from a secret of at least 32 random characters.
    pub fn new(secret: SecretString) -> Self {
        Self { seal: secret.clone(), hash: secret, open: Vec::new() }
    }

    /// Reads the secrets as a JSON object with the fields `seal`, `hash` and `open`. Any other text is the only secret.
    fn parse(text: String) -> Self {
        serde_json::from_str(&text).unwrap_or_else(|_| Self::new(SecretString::from(text)))
    }

    /// Seals a value for a purpose. Returns base64url text that reveals nothing and cannot be changed unnoticed.
    ///
    /// # Errors
    /// [`Unspecified`] if the value does not serialise or the machine has no entropy. Neither happens in practice.
    pub fn seal<T: Serialize>(&self, purpose: &str, value: &T) -> Result<String, Unspecified> {
        let mut bytes = serde_json::to_vec(value).map_err(|_| Unspecified)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &derive(&self.seal, purpose))?;
        let nonce = key.seal_in_place_append_tag(Aad::empty(), &mut bytes)?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.extend(bytes);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens a text that was sealed for this purpose and returns the value.
    ///
    /// # Errors
    /// [`Forged`] for any other text.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Result<T, Forged> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Forged)?;
        let (nonce, sealed) = bytes.split_at_checked(12).ok_or(Forged)?;
        let mut secrets = std::iter::once(&self.seal).chain(&self.open);
        let plain = secrets.find_map(|secret| open_with(&derive(secret, purpose), nonce, sealed)).ok_or(Forged)?;
        serde_json::from_slice(&plain).map_err(|_| Forged)
    }

    /// Returns the keyed hash of a text that could be guessed, such as a code or a device: the table stores the hash
    /// instead. The hash depends on the scope, so that it is worthless in another.
    pub fn keyed_hash(&self, scope: &str, text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &derive(&self.hash, "code"));
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, format!("{scope}\n{text}").as_bytes()))
    }
}

/// Opens a text with one key. Returns `None` if it was not sealed with it.
fn open_with(key: &[u8; 32], nonce: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let mut sealed = sealed.to_vec();
    Some(key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?.to_vec())
}

/// Derives the key of a purpose from a secret.
fn derive(secret: &SecretString, purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, b"souk").extract(secret.expose_secret().as_bytes());
    let info = [purpose.as_bytes()];
    let filled = extracted.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key));
    debug_assert!(filled.is_ok(), "32 bytes are one block of HKDF-SHA-256");
    key
}

impl Connect for Sealer {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self::parse(start.setting("SEALING_KEY")?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(SecretString::from("0123456789abcdef0123456789abcdef"))
    }

    proptest! {
        #[test]
        fn a_sealed_value_opens_unchanged(text in ".*") {
            let sealed = sealer().seal("cursor", &text).unwrap();
            prop_assert_eq!(sealer().open::<String>("cursor", &sealed), Ok(text));
        }

        #[test]
        fn a_changed_text_does_not_open(text in ".{0,40}", at: prop::sample::Index, flip in 1u8..=255) {
            let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(sealer().seal("cursor", &text).unwrap()).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            prop_assert_eq!(sealer().open::<String>("cursor", &BASE64_URL_SAFE_NO_PAD.encode(bytes)), Err(Forged));
        }

        #[test]
        fn any_other_text_is_refused_without_a_panic(text in ".*") {
            prop_assert_eq!(sealer().open::<String>("cursor", &text), Err(Forged));
        }
    }

    #[test]
    fn a_text_sealed_for_one_purpose_does_not_open_for_another() {
        let sealed = sealer().seal("cursor:list_orders", &1).unwrap();
        assert_eq!(sealer().open::<i32>("cursor:list_products", &sealed), Err(Forged));
    }

    /// The sealer of a function in each step of a rotation: before, with the new secret to open, and with it to seal.
    fn steps() -> [Sealer; 3] {
        [
            r"0123456789abcdef0123456789abcdef",
            r#"{"seal":"0123456789abcdef0123456789abcdef","hash":"0123456789abcdef0123456789abcdef","open":["new"]}"#,
            r#"{"seal":"new","hash":"0123456789abcdef0123456789abcdef","open":["0123456789abcdef0123456789abcdef"]}"#,
        ]
        .map(|text| Sealer::parse(text.to_owned()))
    }

    #[test]
    fn during_a_rotation_functions_open_what_those_one_step_away_seal() {
        let steps = steps();
        for (n, from) in steps.iter().enumerate() {
            for (m, to) in steps.iter().enumerate() {
                let opened = to.open::<i32>("cursor", &from.seal("cursor", &1).unwrap());
                assert_eq!(opened.is_ok(), !(n == 2 && m == 0), "step {n} seals, step {m} opens");
            }
        }
    }

    #[test]
    fn a_rotation_keeps_hashes() {
        let hashes = steps().map(|sealer| sealer.keyed_hash("user a@example.com", "123456"));
        assert_eq!(hashes[0], hashes[1]);
        assert_eq!(hashes[0], hashes[2]);
    }

    #[test]
    fn a_code_has_another_hash_for_every_address() {
        assert_ne!(
            sealer().keyed_hash("user a@example.com", "123456"),
            sealer().keyed_hash("user b@example.com", "123456")
        );
    }
}
