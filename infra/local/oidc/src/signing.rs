//! Keys and signatures: RS256 as it should be, and the forgeries that a relying party must notice.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    error::Unspecified,
    hmac, rand,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaPublicKeyComponents},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// An RSA key of 2048 bits that signs ID tokens.
#[derive(Debug)]
pub struct SigningKey {
    pair: KeyPair,
    kid: String,
}

impl SigningKey {
    /// A fresh key under a fresh name.
    ///
    /// # Errors
    /// When the machine has no entropy.
    pub fn generate() -> Result<Self, Unspecified> {
        Ok(Self { pair: KeyPair::generate(KeySize::Rsa2048)?, kid: random_text()? })
    }

    /// The public key as it stands in a JWKS.
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

    /// A JWT signed with RS256.
    ///
    /// # Errors
    /// When signing fails, which a good key does not.
    pub fn sign(&self, claims: &Value) -> Result<String, Unspecified> {
        self.sign_in_the_name_of(self, claims)
    }

    /// A JWT that says another key signed it.
    ///
    /// # Errors
    /// When signing fails, which a good key does not.
    pub fn sign_in_the_name_of(&self, other: &Self, claims: &Value) -> Result<String, Unspecified> {
        let message = message(&json!({ "alg": "RS256", "kid": other.kid, "typ": "JWT" }), claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &rand::SystemRandom::new(), message.as_bytes(), &mut signature)?;
        Ok(format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }

    /// A JWT signed with HS256, whose secret is the public key that everybody knows: good for whoever lets the token
    /// say what it is checked with.
    ///
    /// # Errors
    /// When the public key has no document, which every key has.
    pub fn sign_with_public_key(&self, claims: &Value) -> Result<String, Unspecified> {
        let message = message(&json!({ "alg": "HS256", "kid": self.kid, "typ": "JWT" }), claims);
        let public: PublicKeyX509Der<'_> = self.pair.public_key().as_der()?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, public.as_ref()), message.as_bytes());
        Ok(format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag)))
    }

    /// A JWT that claims to need no signature, under this key's name.
    pub fn leave_unsigned(&self, claims: &Value) -> String {
        format!("{}.", message(&json!({ "alg": "none", "kid": self.kid, "typ": "JWT" }), claims))
    }
}

fn message(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// 256 random bits as text.
pub(crate) fn random_text() -> Result<String, Unspecified> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
