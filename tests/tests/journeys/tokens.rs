//! Access tokens that the tests sign with the stack's own key, so that only their content can be wrong.

use aws_lc_rs::{
    digest,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use souk_testkit::Result;
use souk_tests::Market;

#[tokio::test]
async fn a_token_with_wrong_claims_is_refused() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let claims = claims_of(shopper.token().expect("a token"))?;
    let signing_key = SigningKey::of(&market).await?;
    let now = Timestamp::now().as_second();

    shopper.with_token(signing_key.sign("at+jwt", &claims)?).cart().await?;
    let with = |claim: &str, value: Value| {
        let mut claims = claims.clone();
        claims[claim] = value;
        claims
    };
    let wrong = [
        ("at+jwt", with("exp", json!(now - 1))),
        ("at+jwt", with("exp", Value::Null)),
        ("at+jwt", with("iat", json!(now + 3_600))),
        ("at+jwt", with("iss", json!("somebody else"))),
        ("at+jwt", with("aud", json!("seller"))),
        ("at+jwt", with("sub", json!("seller_0199dc2f5a3e7c41b6d80f2e9a7b4c15"))),
        ("JWT", claims.clone()),
    ];
    for (kind, claims) in wrong {
        let answer = shopper.with_token(signing_key.sign(kind, &claims)?).ask("get_cart")?.send().await?;
        answer.refused_with("not_signed_in", 401).map_err(|failed| failed.during(format!("{kind} {claims}")))?;
    }
    Ok(())
}

/// The stack's signing key.
pub(crate) struct SigningKey {
    key: EncodingKey,
    kid: String,
}

impl SigningKey {
    pub(crate) async fn of(market: &Market) -> Result<Self> {
        let seed = digest::digest(&digest::SHA256, market.cloud.secret("SigningKey").await?.as_bytes());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).expect("32 bytes are a seed");
        let der = pair.to_pkcs8().expect("a key has a document");
        let kid = &digest::digest(&digest::SHA256, pair.public_key().as_ref()).as_ref()[..9].to_vec();
        Ok(Self { key: EncodingKey::from_ed_der(der.as_ref()), kid: BASE64_URL_SAFE_NO_PAD.encode(kid) })
    }

    pub(crate) fn sign(&self, kind: &str, claims: &Value) -> Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(kind.to_owned());
        header.kid = Some(self.kid.clone());
        Ok(jsonwebtoken::encode(&header, claims, &self.key)?)
    }
}

/// Returns the claims of a token.
pub(crate) fn claims_of(token: &str) -> Result<Value> {
    part_of(token, 1)
}

/// Returns the header of a token.
pub(crate) fn header_of(token: &str) -> Result<Value> {
    part_of(token, 0)
}

fn part_of(token: &str, part: usize) -> Result<Value> {
    let part = token.split('.').nth(part).unwrap_or_default();
    Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part)?)?)
}
