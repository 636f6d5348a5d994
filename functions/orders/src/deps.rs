//! The dependencies of the functions in this service.

use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use souk_domain::Currency;
use souk_payments::{Gateway, GatewayError};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_views::MediaUrl;
use souk_web::{Code, Deps, Problem};

/// The API key and the webhook secret of the Stripe account. Both are missing until the operator runs `make keys`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StripeKeys {
    secret_key: Option<SecretString>,
    webhook_secret: Option<SecretString>,
}

impl StripeKeys {
    pub(crate) async fn read(start: &Start) -> Result<Self, StartError> {
        start.secret_json("STRIPE_SECRET").await
    }

    /// Returns the API key. If there is none, it says so in the log.
    pub(crate) fn secret_key(self) -> Option<SecretString> {
        unless_empty("secret_key", self.secret_key)
    }

    /// Returns the secret that Stripe signs events with. If there is none, it says so in the log.
    pub(crate) fn webhook_secret(self) -> Option<SecretString> {
        unless_empty("webhook_secret", self.webhook_secret)
    }
}

fn unless_empty(name: &str, key: Option<SecretString>) -> Option<SecretString> {
    let key = key.filter(|key| !key.expose_secret().is_empty());
    if key.is_none() {
        tracing::warn!(key = name, "Stripe's key is missing, so payments do not work: run `make keys`");
    }
    key
}

/// The table and Stripe.
#[derive(Debug)]
pub struct StoreStripe {
    pub(crate) store: Store,
    pub(crate) stripe: Gateway,
}

impl Connect for StoreStripe {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let url: Option<String> = start.optional("STRIPE_API_URL")?;
        let stripe = match StripeKeys::read(start).await?.secret_key() {
            Some(key) => Gateway::new(key, url.as_deref()).map_err(|error| StartError::Client(error.to_string()))?,
            None => Gateway::without_key(),
        };
        Ok(Self { store: Store::connect(start).await?, stripe })
    }
}

impl Deps for StoreStripe {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// The table, Stripe, the public address of pictures and the terms of sale.
#[derive(Debug)]
pub struct CheckoutDeps {
    pub(crate) store: Store,
    pub(crate) stripe: Gateway,
    pub(crate) media: MediaUrl,
    pub(crate) terms: Terms,
}

/// The terms of sale that the operator of the marketplace sets.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// The currency of the marketplace.
    pub(crate) currency: Currency,
    /// The commission of the marketplace on a sale, in basis points.
    pub(crate) commission: u16,
    /// How long a payment session holds its stock.
    pub(crate) hold: SignedDuration,
    /// The address of the storefront, without a slash at the end.
    pub(crate) storefront: String,
}

impl Connect for CheckoutDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let terms = Terms {
            currency: Currency::connect(start).await?,
            commission: start.setting("COMMISSION_BASIS_POINTS")?,
            hold: SignedDuration::from_mins(start.setting("HOLD_MINUTES")?),
            storefront: start.setting::<String>("STOREFRONT_URL")?.trim_end_matches('/').to_owned(),
        };
        let StoreStripe { store, stripe } = StoreStripe::connect(start).await?;
        Ok(Self { store, stripe, media: MediaUrl::connect(start).await?, terms })
    }
}

impl Deps for CheckoutDeps {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// Returns the problem for a refusal of Stripe, or for no answer.
pub(crate) fn unavailable(error: &GatewayError) -> Problem {
    tracing::error!(%error, "request to Stripe failed");
    match error {
        GatewayError::Unreachable(_) => Code::Unavailable.into(),
        GatewayError::NoKey => Code::PaymentsNotSetUp.into(),
        GatewayError::Refused { .. } | GatewayError::Misconfigured(_) => Code::Internal.into(),
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn keys(json: &str) -> StripeKeys {
        serde_json::from_str(json).expect("an object with keys")
    }

    #[test]
    fn a_secret_without_keys_is_read_as_no_keys() {
        for json in ["{}", r#"{"secret_key":"","webhook_secret":""}"#, r#"{"other":"sk_test"}"#] {
            assert!(keys(json).secret_key().is_none(), "{json}");
            assert!(keys(json).webhook_secret().is_none(), "{json}");
        }
    }

    #[test]
    fn each_key_is_read_without_the_other() {
        let key = keys(r#"{"secret_key":"sk_test_1"}"#);
        assert_eq!(key.secret_key().expect("a key").expose_secret(), "sk_test_1");
        let secret = keys(r#"{"webhook_secret":"whsec_1"}"#);
        assert_eq!(secret.webhook_secret().expect("a secret").expose_secret(), "whsec_1");
    }

    #[test]
    fn without_a_key_stripe_is_not_asked_and_the_problem_says_so() {
        let answer = Gateway::without_key().get_checkout("cs_1").now_or_never();
        let error = answer.expect("nothing to wait for").expect_err("there is no key");
        assert_eq!(unavailable(&error).code(), Code::PaymentsNotSetUp);
    }
}
