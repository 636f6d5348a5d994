//! The payment provider, as one who can read its account and send in its name.

use jiff::Timestamp;
use serde_json::Value;
use souk_local_stripe::sign;
use souk_testkit::{Answer, Client, Failed, PATIENCE, Result, Stack, await_until};

/// What the local payment provider is asked with.
const SECRET_KEY: &str = "sk_test_local";

/// The payment provider of a stack.
#[derive(Debug, Clone)]
pub struct Provider {
    http: reqwest::Client,
    stack: Stack,
}

/// A webhook with its signature.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The body, byte for byte.
    pub payload: String,
    /// The `Stripe-Signature` header.
    pub signature: String,
}

impl Provider {
    /// The provider of a stack.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn of(stack: &Stack) -> Result<Self> {
        Ok(Self { http: reqwest::Client::builder().build()?, stack: stack.clone() })
    }

    /// The event by which the provider tells that a payment session was paid.
    ///
    /// # Errors
    /// When there is none.
    pub async fn completed_event(&self, session: &str) -> Result<Value> {
        await_until(PATIENCE, &format!("the event of the payment of {session}"), async || {
            let path = "/v1/events?type=checkout.session.completed&limit=100";
            let events = self.get(path).await?;
            let of_session = |event: &&Value| event["data"]["object"]["client_reference_id"] == session;
            Ok(events["data"].as_array().into_iter().flatten().find(of_session).cloned())
        })
        .await
    }

    /// The provider's checkout session.
    ///
    /// # Errors
    /// When there is none.
    pub async fn checkout(&self, id: &str) -> Result<Value> {
        self.get(&format!("/v1/checkout/sessions/{id}")).await
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let response = self.http.get(format!("{}{path}", self.stack.stripe)).bearer_auth(SECRET_KEY).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    /// An event about a checkout session, with a name nobody has seen, in the name of the provider.
    ///
    /// # Errors
    /// When the session is no object.
    pub fn event(&self, kind: &str, checkout: &Value) -> Result<Webhook> {
        if !checkout.is_object() {
            return Err(Failed::new(format!("{checkout} is no checkout session")));
        }
        let now = Timestamp::now();
        let event = serde_json::json!({
            "id": format!("evt_{}", now.as_nanosecond()),
            "object": "event",
            "api_version": "2026-09-30.endive",
            "created": now.as_second(),
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null },
            "type": kind,
            "data": { "object": checkout },
        });
        Ok(self.signed(event.to_string()))
    }

    /// A body, signed as the provider signs it.
    pub fn signed(&self, payload: String) -> Webhook {
        let signature = sign(&payload, &self.stack.stripe_webhook_secret, Timestamp::now().as_second());
        Webhook { payload, signature }
    }
}

impl Webhook {
    /// Sends it.
    ///
    /// # Errors
    /// Those of [`souk_testkit::Request::send`].
    pub async fn send(&self, client: &Client) -> Result<Answer> {
        let request = client.ask("receive_stripe_event")?.header("stripe-signature", &self.signature);
        request.body("application/json", self.payload.clone()).send().await
    }
}
