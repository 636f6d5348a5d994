//! Every reason why a token is refused.

use std::sync::LazyLock;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use souk_local_oidc::SigningKey;

use super::*;
use crate::keys;

const NOW: i64 = 1_800_000_000;
const EXPECTED: Expected<'_> = Expected { issuer: "https://id.example", client_id: "souk", nonce: "the nonce" };

fn claims() -> Value {
    json!({
        "iss": "https://id.example",
        "aud": "souk",
        "sub": "110169484474386276334",
        "nonce": "the nonce",
        "iat": NOW - 1,
        "exp": NOW + 299,
        "email": "ann@example.com",
        "email_verified": true,
        "name": "Ann Lee",
    })
}

/// Returns the claims with one of them changed, or without it if the value is null.
fn with(claim: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[claim] = value;
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

/// Validates a token while the provider publishes only one key.
fn validate_with(token: &str, published: &Value, expected: Expected<'_>) -> Result<Identity, Flaw> {
    let keys = keys::read(json!({ "keys": [published] }).to_string().as_bytes()).unwrap();
    let key = keys.get(&kid(token)?).ok_or(Flaw::UnknownKey)?;
    verify(token, key, expected, Timestamp::from_second(NOW).unwrap())
}

/// Validates claims with a valid signature.
fn validate(claims: &Value) -> Result<Identity, Flaw> {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());
    let key = &*KEY;
    validate_with(&key.sign(claims).unwrap(), &key.jwk(), EXPECTED)
}

#[test]
fn a_valid_token_returns_its_account() {
    let identity = validate(&claims()).unwrap();
    let ann = Identity {
        subject: "110169484474386276334".to_owned(),
        email: Some("ann@example.com".to_owned()),
        email_verified: true,
        name: Some("Ann Lee".to_owned()),
    };
    assert_eq!(identity, ann);
}

#[test]
fn a_token_for_another_client_or_for_several_is_refused() {
    for audience in [json!("another"), json!(["another"]), json!(["souk", "another"]), json!([]), json!("")] {
        assert_eq!(validate(&with("aud", audience.clone())), Err(Flaw::Audience), "{audience}");
    }
    assert!(validate(&with("aud", json!(["souk"]))).is_ok());
    assert_eq!(validate(&with("azp", json!("another"))), Err(Flaw::Audience));
    assert!(validate(&with("azp", json!("souk"))).is_ok());
}

#[test]
fn a_token_is_refused_unless_its_issuer_matches_exactly() {
    for issuer in ["https://evil.example", "https://id.example/", "http://id.example", "id.example", ""] {
        assert_eq!(validate(&with("iss", json!(issuer))), Err(Flaw::Issuer), "{issuer}");
    }
}

#[test]
fn google_may_use_two_issuer_names_and_no_other_provider_may() {
    let key = SigningKey::generate().unwrap();
    let named =
        |name: &str, expected| validate_with(&key.sign(&with("iss", json!(name))).unwrap(), &key.jwk(), expected);
    let google = Expected { issuer: "https://accounts.google.com", ..EXPECTED };
    assert!(named("https://accounts.google.com", google).is_ok());
    assert!(named("accounts.google.com", google).is_ok());
    assert_eq!(named("http://accounts.google.com", google), Err(Flaw::Issuer));
    assert_eq!(named("accounts.google.com", EXPECTED), Err(Flaw::Issuer));
}

#[test]
fn a_token_of_another_attempt_or_of_none_is_refused() {
    for nonce in [json!("another nonce"), json!(""), Value::Null] {
        assert_eq!(validate(&with("nonce", nonce.clone())), Err(Flaw::Nonce), "{nonce}");
    }
}

#[test]
fn a_token_is_valid_from_its_issue_to_its_expiry_with_a_tolerance_of_a_minute() {
    for (claim, seconds, outcome) in [
        ("exp", -60, Err(Flaw::Expired)),
        ("exp", -59, Ok(())),
        ("exp", -NOW, Err(Flaw::Expired)),
        ("iat", 60, Ok(())),
        ("iat", 61, Err(Flaw::FromTheFuture)),
        ("iat", 3_600, Err(Flaw::FromTheFuture)),
    ] {
        assert_eq!(validate(&with(claim, json!(NOW + seconds))).map(drop), outcome, "{claim} {seconds}");
    }
    assert!(validate(&with("exp", json!(i64::MAX))).is_ok());
}

#[test]
fn a_token_signed_by_another_key_is_refused() {
    let key = SigningKey::generate().unwrap();
    let other_key = SigningKey::generate().unwrap();
    let forged = other_key.sign_as(&key, &claims()).unwrap();
    assert_eq!(validate_with(&forged, &key.jwk(), EXPECTED), Err(Flaw::Signature));
    assert_eq!(validate_with(&other_key.sign(&claims()).unwrap(), &key.jwk(), EXPECTED), Err(Flaw::UnknownKey));
}

#[test]
fn a_token_whose_claims_were_changed_is_refused() {
    let key = SigningKey::generate().unwrap();
    let (valid, other) = (key.sign(&claims()).unwrap(), key.sign(&with("sub", json!("1"))).unwrap());
    let part = |token: &str, n: usize| token.split('.').nth(n).unwrap().to_owned();
    let mixed = format!("{}.{}.{}", part(&valid, 0), part(&other, 1), part(&valid, 2));
    assert_eq!(validate_with(&mixed, &key.jwk(), EXPECTED), Err(Flaw::Signature));
}

#[test]
fn a_token_cannot_choose_its_own_algorithm() {
    let key = SigningKey::generate().unwrap();
    assert_eq!(validate_with(&key.leave_unsigned(&claims()), &key.jwk(), EXPECTED), Err(Flaw::Malformed));
    let with_public_key = key.sign_with_public_key(&claims()).unwrap();
    assert_eq!(validate_with(&with_public_key, &key.jwk(), EXPECTED), Err(Flaw::Algorithm));
}

#[test]
fn an_elliptic_key_may_sign_but_not_under_the_id_of_an_rsa_key() {
    let document = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap().to_pkcs8v1().unwrap();
    let key = EncodingKey::from_ec_der(document.as_ref());
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
    jwk.common.key_id = Some("ec".to_owned());
    let sign = |kid: &str| {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims(), &key).unwrap()
    };
    assert!(validate_with(&sign("ec"), &json!(jwk), EXPECTED).is_ok());
    let mut rsa = SigningKey::generate().unwrap().jwk();
    rsa["kid"] = json!("rsa");
    assert_eq!(validate_with(&sign("rsa"), &rsa, EXPECTED), Err(Flaw::Algorithm));
}

#[test]
fn a_token_that_lacks_a_claim_or_has_one_of_another_type_is_refused() {
    for claim in ["iss", "aud", "sub", "iat", "exp"] {
        assert_eq!(validate(&with(claim, Value::Null)), Err(Flaw::Malformed), "{claim}");
    }
    for (claim, value) in [
        ("exp", json!("tomorrow")),
        ("iat", json!(true)),
        ("sub", json!(7)),
        ("sub", json!("")),
        ("sub", json!("a b")),
        ("sub", json!("x".repeat(256))),
        ("email_verified", json!("true")),
        ("nonce", json!(7)),
    ] {
        assert_eq!(validate(&with(claim, value.clone())), Err(Flaw::Malformed), "{claim} {value}");
    }
}

#[test]
fn an_address_counts_as_verified_only_if_the_token_says_so() {
    assert!(!validate(&with("email_verified", json!(false))).unwrap().email_verified);
    assert!(!validate(&with("email_verified", Value::Null)).unwrap().email_verified);
}

#[test]
fn address_and_name_may_be_missing() {
    assert_eq!(validate(&with("email", Value::Null)).unwrap().email, None);
    assert_eq!(validate(&with("name", Value::Null)).unwrap().name, None);
}

#[test]
fn text_that_is_not_a_token_is_refused() {
    let key = SigningKey::generate().unwrap();
    for token in ["", "nonsense", "a.b.c", "..", "eyJhbGciOiJSUzI1NiJ9..", "eyJhbGciOiJSUzI1NiJ9.e30.AA"] {
        assert_eq!(validate_with(token, &key.jwk(), EXPECTED), Err(Flaw::Malformed), "{token}");
    }
}
