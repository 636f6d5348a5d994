//! The calls Souk makes to Stripe.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeRequest};
use stripe_checkout::checkout_session::{ExpireCheckoutSession, RetrieveCheckoutSession};
use stripe_core::refund::CreateRefund;

use crate::checkout::{Checkout, CheckoutRequest, CheckoutStatus, Expiry, Refund};
use crate::error::GatewayError;
use crate::retry::{ONE_ATTEMPT, retrying};

/// A client for one Stripe account. Every call answers within 10 s; cloning is cheap.
#[derive(Clone)]
pub struct Gateway {
    client: Client,
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
        if secret_key.expose_secret().is_empty() {
            return Err(GatewayError::Misconfigured("the secret key is empty".to_owned()));
        }
        let mut builder = ClientBuilder::new(secret_key.expose_secret()).timeout(ONE_ATTEMPT);
        if let Some(url) = api_url {
            builder = builder.url(format!("{}/", url.trim_end_matches('/')));
        }
        match builder.build() {
            Ok(client) => Ok(Self { client }),
            Err(error) => Err(GatewayError::Misconfigured(error.to_string())),
        }
    }

    /// Creates the hosted page for one payment. The same request under the same key gives the same page, within the 24
    /// hours that Stripe remembers keys.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` for instance when `expires_at` is not 30 minutes to 24 hours ahead, or when the key was
    /// used for another request.
    pub async fn create_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, GatewayError> {
        let strategy = once_per_key(&request.idempotency_key)?;
        let request = request.to_stripe();
        retrying(|| request.customize().request_strategy(strategy.clone()).send(&self.client)).await?.try_into()
    }

    /// Reads a session, for instance when its webhook is late.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` with `resource_missing` for an unknown id.
    pub async fn get_checkout(&self, id: &str) -> Result<Checkout, GatewayError> {
        let request = RetrieveCheckoutSession::new(id);
        retrying(|| request.customize().send(&self.client)).await?.try_into()
    }

    /// Ends an open session, so that its held stock can be given back without a payment arriving afterwards.
    ///
    /// # Errors
    /// [`GatewayError`]; a session that has already ended is not an error but [`Expiry::AlreadyEnded`].
    pub async fn expire_checkout(&self, id: &str) -> Result<Expiry, GatewayError> {
        // No idempotency key: expiring twice is the same as once, and the second answer is told apart below.
        let request = ExpireCheckoutSession::new(id);
        match retrying(|| request.customize().send(&self.client)).await {
            Ok(session) => Ok(Expiry::Expired(session.try_into()?)),
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
        let strategy = once_per_key(idempotency_key)?;
        let request = CreateRefund::new().payment_intent(payment_intent).amount(amount);
        retrying(|| request.customize().request_strategy(strategy.clone()).send(&self.client)).await.map(Refund::from)
    }
}

fn once_per_key(key: &str) -> Result<RequestStrategy, GatewayError> {
    match IdempotencyKey::new(key) {
        Ok(key) => Ok(RequestStrategy::Idempotent(key)),
        Err(error) => Err(GatewayError::Misconfigured(error.to_string())),
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gateway").finish_non_exhaustive()
    }
}
