//! A client of the provider, and the browser that it redirects.

use std::collections::HashMap;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use reqwest::{Client, Response, Url, redirect::Policy};
use serde_json::Value;
use souk_local_oidc::{LocalOidc, Settings};

/// The client's redirect URI.
pub(crate) const CALLBACK: &str = "https://shop.example/callback?from=google";

/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) struct World {
    pub(crate) provider: LocalOidc,
    pub(crate) http: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        let settings = Settings { port: 0, redirect_uris: vec![CALLBACK.to_owned()], ..Settings::default() };
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { provider: LocalOidc::start(settings).await.unwrap(), http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.provider.url())
    }

    /// Returns the URL of a valid authorization request, with some parameters changed. An empty value removes the
    /// parameter.
    pub(crate) fn request(&self, changes: &[(&str, &str)]) -> Url {
        let valid = [
            ("client_id", "souk-local"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Url::parse_with_params(&self.url("/authorize"), changed(&valid, changes)).unwrap()
    }

    /// Submits the form of the page and returns the parameters of the redirect.
    pub(crate) async fn choose(&self, request: Url, form: &[(&str, &str)]) -> HashMap<String, String> {
        let answer = self.http.post(request).form(form).send().await.unwrap();
        parameters(&answer)
    }

    /// Returns a code for Grace.
    pub(crate) async fn code(&self) -> String {
        let form = [("email", "grace@mail.example"), ("name", "Grace Okafor"), ("email_verified", "true")];
        self.choose(self.request(&[]), &form).await["code"].clone()
    }

    /// Redeems a code, with some parameters changed. An empty value removes the parameter.
    pub(crate) async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Response {
        let valid = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", "souk-local"),
            ("client_secret", "secret-local"),
        ];
        self.http.post(self.url("/token")).form(&changed(&valid, changes)).send().await.unwrap()
    }

    /// Requests a flaw of Grace's next ID token.
    pub(crate) async fn spoil(&self, flaw: &str) {
        let request = serde_json::json!({ "email": "grace@mail.example", "flaw": flaw });
        let answer = self.http.post(self.url("/_local/spoil")).json(&request).send().await.unwrap();
        assert_eq!(answer.status(), 204, "{flaw}");
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.http.get(self.url(path)).send().await.unwrap().json().await.unwrap()
    }

    /// Returns the claims of an ID token. Fails if no published key signed it, if it has expired, or if it is for
    /// another client.
    pub(crate) async fn verify(&self, id_token: &str) -> Result<Value, jsonwebtoken::errors::Error> {
        let keys: JwkSet = serde_json::from_value(self.json("/jwks").await).unwrap();
        let kid = jsonwebtoken::decode_header(id_token)?.kid.unwrap();
        let key = keys.find(&kid).ok_or(jsonwebtoken::errors::ErrorKind::InvalidSignature)?;
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_audience(&["souk-local"]);
        rules.set_issuer(&[self.provider.url()]);
        jsonwebtoken::decode(id_token, &DecodingKey::from_jwk(key)?, &rules).map(|token| token.claims)
    }
}

/// Returns the parameters of the URL that an answer redirects to.
pub(crate) fn parameters(answer: &Response) -> HashMap<String, String> {
    assert_eq!(answer.status(), 303);
    let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(CALLBACK), "{location}");
    location.query_pairs().into_owned().collect()
}

/// Returns the error of a refusal by the token endpoint.
pub(crate) async fn error(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let body: Value = answer.json().await.unwrap();
    (status, body["error"].as_str().unwrap().to_owned())
}

fn changed<'a>(valid: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = valid.iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    kept.chain(changes.iter().filter(|(_, value)| !value.is_empty())).copied().collect()
}
