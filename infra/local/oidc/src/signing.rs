//! Keys and signatures: RS256, and the forgeries that a relying party must detect.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    error::Unspecified,
    hmac, rand,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaPublicKeyComponents},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A 2048-bit RSA key that signs ID tokens.
#[derive(Debug)]
pub struct SigningKey {
    pair: KeyPair,
    kid: String,
}

impl SigningKey {
    /// Generates a key with a random id.
    ///
    /// # Errors
    /// Fails if the machine has no entropy.
    pub fn generate() -> Result<Self, Unspecified> {
        Ok(Self { pair: KeyPair::generate(KeySize::Rsa2048)?, kid: random_text()? })
    }

    /// Returns the public key as an entry of a JWKS.
    pub fn jwk(&self) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": BASE64_URL_SAFE_NO_PAD.encode(public.n),
            "e": BASE64_URL_SAFE_NO_PAD.encode(public.e),
        })
    }

    /// Signs a JWT with RS256.
    ///
    /// # Errors
    /// Fails if signing fails, which does not happen with a valid key.
    pub fn sign(&self, claims: &Value) -> Result<String, Unspecified> {
        self.sign_as(self, claims)
    }

    /// Signs a JWT with this key and the id of another one.
    ///
    /// # Errors
    /// Fails if signing fails, which does not happen with a valid key.
    pub fn sign_as(&self, other: &Self, claims: &Value) -> Result<String, Unspecified> {
        let message = message(&json!({ "alg": "RS256", "kid": other.kid, "typ": "JWT" }), claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &rand::SystemRandom::new(), message.as_bytes(), &mut signature)?;
        Ok(format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Signs a JWT with HS256, with the public key as the secret. It deceives a relying party that lets the token
    /// choose the algorithm.
    ///
    /// # Errors
    /// Fails if the public key cannot be encoded, which does not happen.
    pub fn sign_with_public_key(&self, claims: &Value) -> Result<String, Unspecified> {
        let message = message(&json!({ "alg": "HS256", "kid": self.kid, "typ": "JWT" }), claims);
        let public: PublicKeyX509Der<'_> = self.pair.public_key().as_der()?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, public.as_ref()), message.as_bytes());
        Ok(format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag)))
    }

    /// Builds a JWT whose header says that it needs no signature, with the id of this key.
    pub fn leave_unsigned(&self, claims: &Value) -> String {
        format!("{}.", message(&json!({ "alg": "none", "kid": self.kid, "typ": "JWT" }), claims))
    }
}

fn message(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// Returns 256 random bits as text.
pub(crate) fn random_text() -> Result<String, Unspecified> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
