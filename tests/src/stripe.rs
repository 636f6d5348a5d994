//! Access to the payment provider: reads its objects and sends webhooks in its name.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_local_stripe::sign;
use souk_testkit::{Answer, Client, Failed, PATIENCE, Result, Stack, await_until};

/// The secret key of the local payment provider.
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
    /// Returns the provider of a stack.
    ///
    /// # Errors
    /// Fails if the HTTP client cannot be built.
    pub fn of(stack: &Stack) -> Result<Self> {
        Ok(Self { http: reqwest::Client::builder().build()?, stack: stack.clone() })
    }

    /// Waits for the provider's event about the payment of a payment session.
    ///
    /// # Errors
    /// Fails if the event does not exist in time.
    pub async fn completed_event(&self, session: &str) -> Result<Value> {
        await_until(PATIENCE, &format!("the event of the payment of {session}"), async || {
            let path = "/v1/events?type=checkout.session.completed&limit=100";
            let events = self.get(path).await?;
            let of_session = |event: &&Value| event["data"]["object"]["client_reference_id"] == session;
            Ok(events["data"].as_array().into_iter().flatten().find(of_session).cloned())
        })
        .await
    }

    /// Reads a checkout session.
    ///
    /// # Errors
    /// Fails if the checkout session does not exist.
    pub async fn checkout(&self, id: &str) -> Result<Value> {
        self.get(&format!("/v1/checkout/sessions/{id}")).await
    }

    /// Returns the amounts of a payment's refunds, in minor units, the newest first.
    ///
    /// # Errors
    /// Fails if the payment does not exist.
    pub async fn refunds(&self, payment_intent: &str) -> Result<Vec<i64>> {
        let refunds = self.get(&format!("/v1/refunds?payment_intent={payment_intent}&limit=100")).await?;
        Ok(refunds["data"].as_array().into_iter().flatten().filter_map(|refund| refund["amount"].as_i64()).collect())
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let response = self.http.get(format!("{}{path}", self.stack.stripe)).bearer_auth(SECRET_KEY).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    /// Makes the next calls whose path or parameters contain a text fail with a status, until [`Provider::recover`].
    ///
    /// # Errors
    /// Fails if the provider does not answer.
    pub async fn fail(&self, containing: &str, status: u16) -> Result {
        self.set_fault(json!({ "times": 1_000, "status": status, "containing": containing })).await
    }

    /// Ends what [`Provider::fail`] began.
    ///
    /// # Errors
    /// Fails if the provider does not answer.
    pub async fn recover(&self, containing: &str) -> Result {
        self.set_fault(json!({ "times": 0, "status": null, "containing": containing })).await
    }

    async fn set_fault(&self, fault: Value) -> Result {
        let request = self.http.post(format!("{}/_local/faults", self.stack.stripe)).json(&fault);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// Builds a signed event about a checkout session, with a new event id.
    ///
    /// # Errors
    /// Fails if `checkout` is not an object.
    pub fn event(&self, kind: &str, checkout: &Value) -> Result<Webhook> {
        if !checkout.is_object() {
            return Err(Failed::new(format!("{checkout} is not a checkout session")));
        }
        let now = Timestamp::now();
        let event = json!({
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

    /// Signs a body as the provider signs it.
    pub fn signed(&self, payload: String) -> Webhook {
        let signature = sign(&payload, &self.stack.stripe_webhook_secret, Timestamp::now().as_second());
        Webhook { payload, signature }
    }
}

impl Webhook {
    /// Sends the webhook.
    ///
    /// # Errors
    /// Those of [`souk_testkit::Request::send`].
    pub async fn send(&self, client: &Client) -> Result<Answer> {
        let request = client.ask("receive_stripe_event")?.header("stripe-signature", &self.signature);
        request.body("application/json", self.payload.clone()).send().await
    }
}
