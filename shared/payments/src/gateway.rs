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

/// A client for one Stripe account. Every call answers within 10 s; cloning is cheap.
#[derive(Clone)]
pub struct Gateway {
    transport: Transport,
}

impl Gateway {
    /// A gateway that signs in with `secret_key` (`sk_live_...`, `sk_test_...` or a restricted `rk_...`).
    ///
    /// `api_url` replaces Stripe's own address, for a stand-in; with or without a trailing slash. Opens no connection.
    ///
    /// # Errors
    /// [`GatewayError::Misconfigured`] for an empty key, a key that cannot be an HTTP header, or an address that is no URL.
    #[expect(clippy::needless_pass_by_value, reason = "whoever builds the gateway has no further use for the key")]
    pub fn new(secret_key: SecretString, api_url: Option<&str>) -> Result<Self, GatewayError> {
        Ok(Self { transport: Transport::new(&secret_key, api_url)? })
    }

    /// Creates the hosted page for one payment. The same request under the same key gives the same page, within the 24
    /// hours that Stripe remembers keys.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` for instance when `expires_at` is not 30 minutes to 24 hours ahead, or when the key was
    /// used for another request.
    pub async fn create_checkout(&self, request: &CheckoutRequest) -> Result<CheckoutSession, GatewayError> {
        let key = idempotency_key(&request.idempotency_key)?;
        self.ask(self.transport.prepare(request.to_stripe().build(), Some(&key))?).await
    }

    /// Reads a session, for instance when its webhook is late.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` with `resource_missing` for an unknown id.
    pub async fn get_checkout(&self, id: &str) -> Result<CheckoutSession, GatewayError> {
        self.ask(self.transport.prepare(RetrieveCheckoutSession::new(id).build(), None)?).await
    }

    /// Ends an open session, so that its held stock can be given back without a payment arriving afterwards.
    ///
    /// # Errors
    /// [`GatewayError`]; a session that has already ended is not an error but [`Expiry::AlreadyEnded`].
    pub async fn expire_checkout(&self, id: &str) -> Result<Expiry, GatewayError> {
        // No idempotency key: expiring twice is the same as once, and the second answer is told apart below.
        let request = self.transport.prepare(ExpireCheckoutSession::new(id).build(), None)?;
        match self.ask(request).await {
            Ok(session) => Ok(Expiry::Expired(session)),
            // Stripe refuses an ended session without a code of its own, so the session itself must tell.
            Err(refusal @ GatewayError::Refused { .. }) => {
                let session = self.get_checkout(id).await?;
                if session.status == CheckoutStatus::Open { Err(refusal) } else { Ok(Expiry::AlreadyEnded(session)) }
            }
            Err(error) => Err(error),
        }
    }

    /// Gives back `amount` minor units of a payment (`pi_...`), once per key.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` when more would go back than was paid.
    pub async fn refund(
        &self,
        payment_intent: &str,
        amount: i64,
        idempotency_key: &str,
    ) -> Result<Refund, GatewayError> {
        let key = self::idempotency_key(idempotency_key)?;
        let request = CreateRefund::new().payment_intent(payment_intent).amount(amount);
        self.ask::<WireRefund>(self.transport.prepare(request.build(), Some(&key))?).await.map(Refund::from)
    }

    async fn ask<T: DeserializeOwned>(&self, request: Request<String>) -> Result<T, GatewayError> {
        retrying(|| async { read(&self.transport.send(request.clone()).await?) }).await
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
