//! The provider's keys: RFC 7517.

use std::collections::HashMap;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// A key that ID tokens may be signed with, and the one algorithm it is for.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Value>,
}

/// The keys of a JWKS by name. What is of no use here is left out: other kinds of keys, those without a name, and those
/// for encryption.
pub(crate) fn read(jwks: &[u8]) -> Option<HashMap<String, Key>> {
    let Jwks { keys } = serde_json::from_slice(jwks).ok()?;
    Some(keys.into_iter().filter_map(|jwk| usable(serde_json::from_value(jwk).ok()?)).collect())
}

/// The algorithm is the key's own, so that a token cannot choose how it is checked.
fn usable(jwk: Jwk) -> Option<(String, Key)> {
    let algorithm = match (&jwk.algorithm, jwk.common.key_algorithm) {
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Algorithm::RS256,
        (AlgorithmParameters::EllipticCurve(ec), None | Some(KeyAlgorithm::ES256))
            if ec.curve == EllipticCurve::P256 =>
        {
            Algorithm::ES256
        }
        _ => return None,
    };
    if jwk.common.public_key_use.as_ref().is_some_and(|meant_for| *meant_for != PublicKeyUse::Signature) {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some((jwk.common.key_id?, Key { algorithm, key }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_local_oidc::SigningKey;

    use super::*;

    fn names(keys: &[Value]) -> Vec<String> {
        let mut names: Vec<_> = read(json!({ "keys": keys }).to_string().as_bytes()).unwrap().into_keys().collect();
        names.sort();
        names
    }

    fn rsa(changes: &Value) -> Value {
        let mut jwk = SigningKey::generate().unwrap().jwk();
        for (name, value) in changes.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        jwk
    }

    #[test]
    fn a_key_needs_no_algorithm_and_no_use_but_if_it_says_them_they_must_be_right() {
        let keys = [
            rsa(&json!({ "kid": "whole" })),
            rsa(&json!({ "kid": "plain", "alg": null, "use": null })),
            rsa(&json!({ "kid": "for encryption", "use": "enc" })),
            rsa(&json!({ "kid": "for another algorithm", "alg": "RS512" })),
            rsa(&json!({ "kid": "for RSA encryption", "alg": "RSA-OAEP" })),
            rsa(&json!({ "kid": null })),
        ];
        assert_eq!(names(&keys), ["plain", "whole"]);
    }

    #[test]
    fn kinds_of_keys_that_are_not_ours_do_not_spoil_the_others() {
        let keys = [
            json!({ "kty": "oct", "kid": "symmetric", "alg": "HS256", "k": "c2VjcmV0" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
            json!({ "kty": "quantum", "kid": "of tomorrow", "alg": "ML-DSA-65" }),
            json!("not even an object"),
            rsa(&json!({ "kid": "ours" })),
        ];
        assert_eq!(names(&keys), ["ours"]);
        assert!(read(b"{}").is_none());
        assert!(read(b"<html>").is_none());
    }
}
