//! The provider's public keys (RFC 7517).

use std::collections::HashMap;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// A public key that ID tokens may be signed with, and its only algorithm.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Value>,
}

/// Reads the keys of a JWKS by their ids. Keys of other kinds, keys for encryption and keys without an id are left out.
/// Returns `None` if the text is not a JWKS.
pub(crate) fn read(jwks: &[u8]) -> Option<HashMap<String, Key>> {
    let Jwks { keys } = serde_json::from_slice(jwks).ok()?;
    Some(keys.into_iter().filter_map(|jwk| usable(serde_json::from_value(jwk).ok()?)).collect())
}

/// Returns a key that may sign ID tokens, with its id. The algorithm comes from the key, so that a token cannot choose
/// it.
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

    fn ids(keys: &[Value]) -> Vec<String> {
        let mut ids: Vec<_> = read(json!({ "keys": keys }).to_string().as_bytes()).unwrap().into_keys().collect();
        ids.sort();
        ids
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
    fn a_key_may_lack_algorithm_and_use_but_not_have_others() {
        let keys = [
            rsa(&json!({ "kid": "complete" })),
            rsa(&json!({ "kid": "plain", "alg": null, "use": null })),
            rsa(&json!({ "kid": "for encryption", "use": "enc" })),
            rsa(&json!({ "kid": "for another algorithm", "alg": "RS512" })),
            rsa(&json!({ "kid": "for RSA encryption", "alg": "RSA-OAEP" })),
            rsa(&json!({ "kid": null })),
        ];
        assert_eq!(ids(&keys), ["complete", "plain"]);
    }

    #[test]
    fn keys_of_other_kinds_are_left_out() {
        let keys = [
            json!({ "kty": "oct", "kid": "symmetric", "alg": "HS256", "k": "c2VjcmV0" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
            json!({ "kty": "quantum", "kid": "of tomorrow", "alg": "ML-DSA-65" }),
            json!("not even an object"),
            rsa(&json!({ "kid": "ours" })),
        ];
        assert_eq!(ids(&keys), ["ours"]);
        assert!(read(b"{}").is_none());
        assert!(read(b"<html>").is_none());
    }
}
