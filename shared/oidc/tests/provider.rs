//! Both halves of a sign-in, against a provider that is not ours: the local one.

#![expect(clippy::unwrap_used, reason = "a test whose expectation is in vain has failed, and says where")]

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
    there: LocalOidc,
    provider: Provider,
    http: Client,
}

impl World {
    async fn new() -> Self {
        let settings = Settings { port: 0, redirect_uris: vec![CALLBACK.to_owned()], ..Settings::default() };
        let there = LocalOidc::start(settings).await.unwrap();
        let provider = Provider::new(there.url(), "souk-local".to_owned(), CALLBACK.to_owned()).unwrap();
        Self { there, provider, http: Client::builder().redirect(Policy::none()).build().unwrap() }
    }

    /// Begins, and lets Grace sign in. Her code comes back, and the attempt that it belongs to.
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

    async fn order(&self, switch: &str, order: &Value) {
        let url = format!("{}/_local/{switch}", self.there.url());
        self.http.post(url).json(order).send().await.unwrap().error_for_status().unwrap();
    }

    async fn spoil(&self, flaw: &str) {
        self.order("spoil", &json!({ "email": MAIL, "flaw": flaw })).await;
    }

    async fn count(&self, what: &str) -> u64 {
        let url = format!("{}/_local/counts", self.there.url());
        let counts: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        counts[what].as_u64().unwrap()
    }
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// Seconds after the moment at which a test began: it shall not matter how long the test takes.
fn clock() -> impl Fn(i64) -> Timestamp {
    let began = Timestamp::now();
    move |seconds| began + SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn who_signs_in_there_is_known_here() {
    let world = World::new().await;
    let grace = world.sign_in(Timestamp::now()).await.unwrap();
    assert_eq!((grace.email.as_deref(), grace.email_verified), (Some(MAIL), true));
    assert_eq!(grace.name.as_deref(), Some("Grace Okafor"));
    assert_eq!(grace.subject, souk_local_oidc::Person::new("", MAIL).subject());
}

#[tokio::test]
async fn every_attempt_has_secrets_of_its_own() {
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
async fn a_code_is_good_once_and_only_for_its_own_attempt() {
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
async fn a_spoilt_token_signs_nobody_in() {
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
async fn what_the_provider_publishes_is_fetched_once_an_hour() {
    let (world, after) = (World::new().await, clock());
    for _ in 0..3 {
        world.sign_in(after(0)).await.unwrap();
    }
    assert_eq!((world.count("discovery").await, world.count("jwks").await), (1, 1));
    world.order("clock", &json!({ "seconds": 3_601 })).await;
    world.sign_in(after(3_601)).await.unwrap();
    assert_eq!((world.count("discovery").await, world.count("jwks").await), (2, 2));
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_found() {
    let (world, after) = (World::new().await, clock());
    world.sign_in(after(0)).await.unwrap();
    world.order("rotate", &Value::Null).await;
    world.sign_in(after(10)).await.unwrap();
    assert_eq!(world.count("jwks").await, 2);
}

#[tokio::test]
async fn unknown_keys_send_us_to_the_provider_at_most_once_in_ten_seconds() {
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
async fn a_failure_there_is_told_from_a_refusal() {
    let world = World::new().await;
    world.spoil("token_endpoint_fails").await;
    let failed = world.sign_in(Timestamp::now()).await;
    assert!(matches!(failed, Err(OidcError::Unreachable(_))), "{failed:?}");

    let (code, attempt) = world.code(Timestamp::now()).await;
    let wrong = world.provider.finish(&code, &attempt, &secret("wrong"), Timestamp::now()).await;
    assert!(matches!(wrong, Err(OidcError::Misconfigured(_))), "{wrong:?}");
}

#[tokio::test]
async fn an_issuer_that_calls_itself_otherwise_is_refused() {
    let world = World::new().await;
    let alias = world.there.url().replace("localhost", "127.0.0.1");
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
async fn an_answer_that_is_too_long_and_one_that_never_comes_are_given_up() {
    for answer in [Some("x".repeat(70_000)), None] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1_024];
            let _ = stream.read(&mut request).await.unwrap();
            if let Some(body) = answer {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                // The other side hangs up when it has read enough.
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            }
            // Holds the connection open until the other side lets go of it.
            let _ = stream.read(&mut request).await;
        });
        let provider = Provider::new(issuer, "souk".to_owned(), CALLBACK.to_owned()).unwrap();
        let begun = provider.begin(Timestamp::now()).await;
        assert!(matches!(begun, Err(OidcError::Unreachable(_))), "{begun:?}");
        server.await.unwrap();
    }
}
