//! The calls Souk makes to Stripe.

use std::fmt;

use http::Request;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use stripe_checkout::checkout_session::{ExpireCheckoutSession, RetrieveCheckoutSession};
use stripe_client_core::{IdempotencyKey, StripeRequest};
use stripe_core::refund::CreateRefund;

use crate::checkout::{CheckoutRequest, CheckoutSession, CheckoutStatus, Expiry, Refund, WireRefund};
use crate::error::{Failure, GatewayError};
use crate::retry::retrying;
use crate::transport::Transport;

/// A client of one Stripe account, or of none until there is a secret key. Every call ends within 10 seconds. Cloning is
/// cheap.
#[derive(Clone)]
pub struct Gateway {
    transport: Option<Transport>,
}

impl Gateway {
    /// Makes a client that signs in with `secret_key` (`sk_live_...`, `sk_test_...` or a restricted `rk_...`). Opens no
    /// connection.
    ///
    /// `api_url` replaces Stripe's own address in tests and in the local cloud. It may end with a slash.
    ///
    /// # Errors
    /// [`GatewayError::Misconfigured`] for an empty key, a key that cannot be an HTTP header, or an address that is no
    /// URL.
    #[expect(clippy::needless_pass_by_value, reason = "the key is not needed after the client is built")]
    pub fn new(secret_key: SecretString, api_url: Option<&str>) -> Result<Self, GatewayError> {
        Ok(Self { transport: Some(Transport::new(&secret_key, api_url)?) })
    }

    /// Makes a client without a secret key. Every call fails with [`GatewayError::NoKey`].
    pub fn without_key() -> Self {
        Self { transport: None }
    }

    /// Whether there is a secret key.
    pub fn has_key(&self) -> bool {
        self.transport.is_some()
    }

    /// Creates the checkout page for one payment. The same request under the same key returns the same page for 24
    /// hours, as long as Stripe remembers keys.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` for instance if `expires_at` is not 30 minutes to 24 hours ahead, or if the key was
    /// used for another request.
    pub async fn create_checkout(&self, request: &CheckoutRequest) -> Result<CheckoutSession, GatewayError> {
        let key = idempotency_key(&request.idempotency_key)?;
        self.call(self.transport()?.prepare(request.to_stripe().build(), Some(&key))?).await
    }

    /// Reads a Checkout Session, for instance if its webhook is late.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` with `resource_missing` for an unknown id.
    pub async fn get_checkout(&self, id: &str) -> Result<CheckoutSession, GatewayError> {
        self.call(self.transport()?.prepare(RetrieveCheckoutSession::new(id).build(), None)?).await
    }

    /// Ends an open Checkout Session. No payment can follow, so its held stock can be released.
    ///
    /// # Errors
    /// [`GatewayError`]. A session that has already ended is not an error but [`Expiry::AlreadyEnded`].
    pub async fn expire_checkout(&self, id: &str) -> Result<Expiry, GatewayError> {
        // No idempotency key is needed: a second call changes nothing and is recognised below.
        let request = self.transport()?.prepare(ExpireCheckoutSession::new(id).build(), None)?;
        match self.call(request).await {
            Ok(session) => Ok(Expiry::Expired(session)),
            // Stripe has no code for an ended session, so the session is read to find out.
            Err(refusal @ GatewayError::Refused { .. }) => {
                let session = self.get_checkout(id).await?;
                if session.status == CheckoutStatus::Open { Err(refusal) } else { Ok(Expiry::AlreadyEnded(session)) }
            }
            Err(error) => Err(error),
        }
    }

    /// Refunds `amount` minor units of a payment (`pi_...`), once per key.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` if the refunds would exceed the payment.
    pub async fn refund(
        &self,
        payment_intent: &str,
        amount: i64,
        idempotency_key: &str,
    ) -> Result<Refund, GatewayError> {
        let key = self::idempotency_key(idempotency_key)?;
        let request = CreateRefund::new().payment_intent(payment_intent).amount(amount);
        self.call::<WireRefund>(self.transport()?.prepare(request.build(), Some(&key))?).await.map(Refund::from)
    }

    fn transport(&self) -> Result<&Transport, GatewayError> {
        self.transport.as_ref().ok_or(GatewayError::NoKey)
    }

    /// Sends a request, with retries, and reads the answer.
    async fn call<T: DeserializeOwned>(&self, request: Request<String>) -> Result<T, GatewayError> {
        let transport = self.transport()?;
        retrying(|| async { read(&transport.send(request.clone()).await?) }).await
    }
}

fn read<T: DeserializeOwned>(answer: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(answer).map_err(|error| match error.classify() {
        Category::Data => Failure::Unexpected(format!("unexpected answer: {error}")),
        Category::Io | Category::Syntax | Category::Eof => Failure::Lost(format!("unreadable answer: {error}")),
    })
}

fn idempotency_key(key: &str) -> Result<IdempotencyKey, GatewayError> {
    IdempotencyKey::new(key).map_err(|error| GatewayError::Misconfigured(error.to_string()))
}

impl fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gateway").finish_non_exhaustive()
    }
}
