//! A stand-in for each test, and its clients.

mod client;
mod receiver;

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::redirect;
use serde_json::{Value, json};
use souk_local_stripe::{LocalStripe, Settings};
use souk_payments::{CheckoutLine, CheckoutRequest, CheckoutSession, Gateway};

pub(crate) use client::{Client, StripeError};
pub(crate) use receiver::Receiver;

pub(crate) const SECRET_KEY: &str = "sk_test_local";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_for_tests";

/// A running stand-in and its clients.
pub(crate) struct World {
    pub(crate) stripe: LocalStripe,
    pub(crate) gateway: Gateway,
    /// The client of `async-stripe`.
    pub(crate) client: Client,
    /// A browser that does not follow redirects.
    pub(crate) browser: reqwest::Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_webhooks(Vec::new()).await
    }

    pub(crate) async fn with_webhooks(webhook_urls: Vec<String>) -> Self {
        let settings = Settings {
            port: 0,
            secret_key: SECRET_KEY.to_owned(),
            webhook_urls,
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            first_retry: Duration::from_millis(20),
        };
        let stripe = LocalStripe::start(settings).await.unwrap();
        let url = stripe.url();
        let browser = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self {
            gateway: Gateway::new(SECRET_KEY.to_owned().into(), Some(&url)).unwrap(),
            client: Client { http: browser.clone(), url, secret_key: SECRET_KEY },
            browser,
            stripe,
        }
    }

    /// Opens a session over 2 x 12.50 and 1 x 5.00 EUR.
    pub(crate) async fn open_checkout(&self) -> CheckoutSession {
        self.gateway.create_checkout(&request("ps_1")).await.unwrap()
    }

    /// Opens a session and pays it with a valid card.
    pub(crate) async fn paid_checkout(&self) -> CheckoutSession {
        let checkout = self.open_checkout().await;
        let answer = self.pay(&checkout, "4242 4242 4242 4242").await;
        assert_eq!(answer.status(), 303);
        self.gateway.get_checkout(&checkout.id).await.unwrap()
    }

    /// Submits the form of the checkout page.
    pub(crate) async fn pay(&self, checkout: &CheckoutSession, card_number: &str) -> reqwest::Response {
        let url = checkout.url.as_deref().unwrap();
        self.submit(url, &[("email", "ann@example.com"), ("card_number", card_number), ("name", "Ann")]).await
    }

    /// Submits a form as a browser does.
    pub(crate) async fn submit(&self, url: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let request = self.browser.post(url).header("Content-Type", "application/x-www-form-urlencoded");
        request.body(encode(fields)).send().await.unwrap()
    }

    /// Calls an endpoint under `/_local`.
    pub(crate) async fn switch(&self, name: &str, setting: Value) {
        let answer =
            self.browser.post(format!("{}/_local/{name}", self.stripe.url())).json(&setting).send().await.unwrap();
        assert!(answer.status().is_success() || answer.status().is_redirection(), "{name}: {}", answer.status());
    }

    /// Advances the stand-in's clock.
    pub(crate) async fn advance_clock(&self, seconds: u32) {
        self.switch("clock", json!({ "advance_seconds": seconds })).await;
    }

    /// Calls the API without a library and returns status, headers and JSON.
    pub(crate) async fn post(&self, path: &str, key: Option<&str>, fields: &[(&str, &str)]) -> RawAnswer {
        let mut request = self
            .browser
            .post(format!("{}{path}", self.stripe.url()))
            .bearer_auth(SECRET_KEY)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(encode(fields));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = request.send().await.unwrap();
        RawAnswer {
            status: answer.status().as_u16(),
            replayed: answer.headers().contains_key("Idempotent-Replayed"),
            body: answer.json().await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.stripe.url());
        self.browser.get(url).bearer_auth(SECRET_KEY).send().await.unwrap().json().await.unwrap()
    }
}

/// An unparsed answer of the API.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) body: Value,
}

impl RawAnswer {
    pub(crate) fn error(&self) -> &Value {
        &self.body["error"]
    }
}

/// Returns a request for a payment of 30.00 EUR with an idempotency key.
pub(crate) fn request(key: &str) -> CheckoutRequest {
    let line = |name: &str, unit_amount, quantity| CheckoutLine {
        name: name.to_owned(),
        description: Some("Blue & green".to_owned()),
        image_url: Some("https://images.example.com/1.jpg".to_owned()),
        unit_amount,
        quantity,
    };
    CheckoutRequest {
        idempotency_key: key.to_owned(),
        client_reference_id: "ps_1".to_owned(),
        currency: "eur".to_owned(),
        lines: vec![line("Mug, 30 cl", 1250, 2), line("Brush [small]", 500, 1)],
        customer_email: Some("ann@example.com".to_owned()),
        success_url: "https://shop.example.com/paid?session={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: "https://shop.example.com/cart".to_owned(),
        expires_at: now() + 31 * 60,
        metadata: BTreeMap::from([("payment_session".to_owned(), "ps_1".to_owned())]),
        transfer_group: Some("po_1".to_owned()),
    }
}

/// Returns the machine's time in Unix seconds.
pub(crate) fn now() -> i64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since_epoch.as_secs()).unwrap()
}

fn encode(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", percent_encode(name), percent_encode(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn percent_encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
