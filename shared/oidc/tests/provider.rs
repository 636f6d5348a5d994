//! Sign-ins with the local OpenID provider.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed and says where")]

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Url, redirect::Policy};
use secrecy::SecretString;
use serde_json::{Value, json};
use souk_local_oidc::{LocalOidc, Settings};
use souk_oidc::{Attempt, Flaw, Identity, OidcError, Provider};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const CALLBACK: &str = "https://shop.example/callback";
const MAIL: &str = "grace@mail.example";

struct World {
    server: LocalOidc,
    provider: Provider,
    http: Client,
}

impl World {
    async fn new() -> Self {
        let settings = Settings { port: 0, redirect_uris: vec![CALLBACK.to_owned()], ..Settings::default() };
        let server = LocalOidc::start(settings).await.unwrap();
        let provider = Provider::new(server.url(), "souk-local".to_owned(), CALLBACK.to_owned()).unwrap();
        Self { server, provider, http: Client::builder().redirect(Policy::none()).build().unwrap() }
    }

    /// Starts a sign-in and lets Grace sign in. Returns the code and the attempt.
    async fn code(&self, now: Timestamp) -> (String, Attempt) {
        let begun = self.provider.begin(now).await.unwrap();
        let form = [("email", MAIL), ("name", "Grace Okafor"), ("email_verified", "true")];
        let answer = self.http.post(&begun.url).form(&form).send().await.unwrap();
        let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let back: HashMap<_, _> = location.query_pairs().into_owned().collect();
        assert_eq!(back["state"], begun.attempt.state);
        (back["code"].clone(), begun.attempt)
    }

    async fn sign_in(&self, now: Timestamp) -> Result<Identity, OidcError> {
        let (code, attempt) = self.code(now).await;
        self.provider.finish(&code, &attempt, &secret("secret-local"), now).await
    }

    async fn control(&self, switch: &str, settings: &Value) {
        let url = format!("{}/_local/{switch}", self.server.url());
        self.http.post(url).json(settings).send().await.unwrap().error_for_status().unwrap();
    }

    async fn spoil(&self, flaw: &str) {
        self.control("spoil", &json!({ "email": MAIL, "flaw": flaw })).await;
    }

    async fn count(&self, what: &str) -> u64 {
        let url = format!("{}/_local/counts", self.server.url());
        let counts: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        counts[what].as_u64().unwrap()
    }
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// Returns a clock that starts with the test and does not advance, so that the duration of the test does not matter.
fn clock() -> impl Fn(i64) -> Timestamp {
    let start = Timestamp::now();
    move |seconds| start + SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn a_sign_in_returns_the_account_of_the_provider() {
    let world = World::new().await;
    let grace = world.sign_in(Timestamp::now()).await.unwrap();
    assert_eq!((grace.email.as_deref(), grace.email_verified), (Some(MAIL), true));
    assert_eq!(grace.name.as_deref(), Some("Grace Okafor"));
    assert_eq!(grace.subject, souk_local_oidc::Person::new("", MAIL).subject());
}

#[tokio::test]
async fn every_attempt_has_its_own_secrets() {
    let world = World::new().await;
    let (first, second) =
        (world.provider.begin(Timestamp::now()).await.unwrap(), world.provider.begin(Timestamp::now()).await.unwrap());
    let parameter = |url: &str, name: &str| {
        let url = Url::parse(url).unwrap();
        url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned()
    };
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(parameter(&first.url, name), parameter(&second.url, name));
        assert_eq!(parameter(&first.url, name).len(), 43);
    }
    assert!(!format!("{first:?}").contains("verifier"));
}

#[tokio::test]
async fn a_code_works_once_and_only_for_its_own_attempt() {
    let world = World::new().await;
    let now = Timestamp::now();
    let (code, attempt) = world.code(now).await;
    world.provider.finish(&code, &attempt, &secret("secret-local"), now).await.unwrap();
    let again = world.provider.finish(&code, &attempt, &secret("secret-local"), now).await;
    assert!(matches!(again, Err(OidcError::CodeRefused(_))), "{again:?}");

    let ((code, _), (_, foreign)) = (world.code(now).await, world.code(now).await);
    let mixed = world.provider.finish(&code, &foreign, &secret("secret-local"), now).await;
    assert!(matches!(mixed, Err(OidcError::CodeRefused(_))), "{mixed:?}");
}

#[tokio::test]
async fn an_invalid_token_is_refused() {
    let world = World::new().await;
    for (flaw, found) in [
        ("wrong_audience", Flaw::Audience),
        ("wrong_issuer", Flaw::Issuer),
        ("wrong_nonce", Flaw::Nonce),
        ("no_nonce", Flaw::Nonce),
        ("expired", Flaw::Expired),
        ("from_the_future", Flaw::FromTheFuture),
        ("wrong_key", Flaw::Signature),
        ("unknown_key", Flaw::UnknownKey),
        ("alg_none", Flaw::Malformed),
        ("public_key_as_secret", Flaw::Algorithm),
    ] {
        world.spoil(flaw).await;
        let outcome = world.sign_in(Timestamp::now()).await;
        assert!(matches!(outcome, Err(OidcError::NotBelieved(it)) if it == found), "{flaw}: {outcome:?}");
    }
    world.spoil("unverified_mail").await;
    assert!(!world.sign_in(Timestamp::now()).await.unwrap().email_verified);
    assert!(world.sign_in(Timestamp::now()).await.unwrap().email_verified);
}

#[tokio::test]
async fn configuration_and_keys_are_fetched_once_an_hour() {
    let (world, after) = (World::new().await, clock());
    for _ in 0..3 {
        world.sign_in(after(0)).await.unwrap();
    }
    assert_eq!((world.count("discovery").await, world.count("jwks").await), (1, 1));
    world.control("clock", &json!({ "seconds": 3_601 })).await;
    world.sign_in(after(3_601)).await.unwrap();
    assert_eq!((world.count("discovery").await, world.count("jwks").await), (2, 2));
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_fetched() {
    let (world, after) = (World::new().await, clock());
    world.sign_in(after(0)).await.unwrap();
    world.control("rotate", &Value::Null).await;
    world.sign_in(after(10)).await.unwrap();
    assert_eq!(world.count("jwks").await, 2);
}

#[tokio::test]
async fn unknown_key_ids_cause_at_most_one_fetch_in_ten_seconds() {
    let (world, after) = (World::new().await, clock());
    world.sign_in(after(0)).await.unwrap();
    for (second, fetches) in [(1, 1), (9, 1), (11, 2), (12, 2), (20, 2), (22, 3)] {
        world.spoil("unknown_key").await;
        let outcome = world.sign_in(after(second)).await;
        assert!(matches!(outcome, Err(OidcError::NotBelieved(Flaw::UnknownKey))), "{outcome:?}");
        assert_eq!(world.count("jwks").await, fetches, "after {second} s");
    }
}

#[tokio::test]
async fn an_unreachable_provider_and_a_refusal_are_different_errors() {
    let world = World::new().await;
    world.spoil("token_endpoint_fails").await;
    let failed = world.sign_in(Timestamp::now()).await;
    assert!(matches!(failed, Err(OidcError::Unreachable(_))), "{failed:?}");

    let (code, attempt) = world.code(Timestamp::now()).await;
    let wrong = world.provider.finish(&code, &attempt, &secret("wrong"), Timestamp::now()).await;
    assert!(matches!(wrong, Err(OidcError::Misconfigured(_))), "{wrong:?}");
}

#[tokio::test]
async fn an_issuer_that_publishes_another_name_is_refused() {
    let world = World::new().await;
    let alias = world.server.url().replace("localhost", "127.0.0.1");
    let provider = Provider::new(alias, "souk-local".to_owned(), CALLBACK.to_owned()).unwrap();
    let begun = provider.begin(Timestamp::now()).await;
    assert!(matches!(begun, Err(OidcError::Misconfigured(_))), "{begun:?}");
}

#[tokio::test]
async fn an_issuer_without_https_is_refused() {
    let provider = Provider::new("http://accounts.google.com".to_owned(), "souk".to_owned(), CALLBACK.to_owned());
    assert!(matches!(provider, Err(OidcError::Misconfigured(_))));
}

#[tokio::test]
async fn an_answer_that_is_too_long_or_too_late_is_unreachable() {
    for answer in [Some("x".repeat(70_000)), None] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1_024];
            let _ = stream.read(&mut request).await.unwrap();
            if let Some(body) = answer {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                // The client closes the connection after reading its limit.
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            }
            // The connection stays open until the client closes it.
            let _ = stream.read(&mut request).await;
        });
        let provider = Provider::new(issuer, "souk".to_owned(), CALLBACK.to_owned()).unwrap();
        let begun = provider.begin(Timestamp::now()).await;
        assert!(matches!(begun, Err(OidcError::Unreachable(_))), "{begun:?}");
        server.await.unwrap();
    }
}
