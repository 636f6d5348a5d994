//! The dependencies of the functions in this service.

use jiff::SignedDuration;
use secrecy::SecretString;
use serde::Deserialize;
use souk_domain::Currency;
use souk_payments::{Gateway, GatewayError};
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_views::MediaUrl;
use souk_web::{Code, Deps, Problem};

/// The API key and the webhook secret of the Stripe account.
#[derive(Debug, Deserialize)]
pub(crate) struct StripeKeys {
    pub(crate) secret_key: SecretString,
    pub(crate) webhook_secret: SecretString,
}

impl StripeKeys {
    pub(crate) async fn read(start: &Start) -> Result<Self, StartError> {
        start.secret_json("STRIPE_SECRET").await
    }
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
        let keys = StripeKeys::read(start).await?;
        let stripe = Gateway::new(keys.secret_key, url.as_deref());
        let stripe = stripe.map_err(|error| StartError::Client(error.to_string()))?;
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
        GatewayError::Refused { .. } | GatewayError::Misconfigured(_) => Code::Internal.into(),
    }
}
