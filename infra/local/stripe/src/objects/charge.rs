//! Charges, one per attempt to pay: <https://docs.stripe.com/api/charges>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::PaymentIntent;
use super::values::{self, Metadata, NoParams, Shipping};
use crate::cards::Card;
use crate::error::{ApiResult, Refusal};
use crate::form::Page;
use crate::lists;
use crate::state::{Resource, Stripe, new_id};

#[derive(Debug)]
pub(crate) struct Charge {
    id: String,
    created: i64,
    pub(crate) payment_intent: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) amount_refunded: i64,
    /// The amount that was transferred to sellers with this charge as the source, in minor units.
    pub(crate) amount_transferred: i64,
    failure: Option<(Option<&'static str>, Option<&'static str>, String)>,
    card: Option<Card>,
    payment_method: Option<String>,
    customer: Option<String>,
    description: Option<String>,
    receipt_email: Option<String>,
    payer_email: Option<String>,
    metadata: Metadata,
    shipping: Option<Shipping>,
    pub(crate) transfer_group: Option<String>,
}

impl Charge {
    /// The charge of a successful payment.
    pub(crate) fn succeeded(payment: &PaymentIntent, stripe: &Stripe) -> Self {
        Self::new(payment, stripe)
    }

    /// The charge of a failed payment.
    pub(crate) fn failed(payment: &PaymentIntent, stripe: &Stripe, refusal: &Refusal) -> Self {
        let failure = Some((refusal.code, refusal.decline_code, refusal.message.clone()));
        Self { failure, ..Self::new(payment, stripe) }
    }

    fn new(payment: &PaymentIntent, stripe: &Stripe) -> Self {
        let details = &payment.details;
        let session = details.session.as_deref().and_then(|session| stripe.sessions.get(session).ok());
        Self {
            id: new_id("ch"),
            created: stripe.now(),
            payment_intent: payment.id().to_owned(),
            amount: details.amount,
            currency: details.currency.clone(),
            amount_refunded: 0,
            amount_transferred: 0,
            failure: None,
            card: payment.card.clone(),
            payment_method: payment.payment_method.clone(),
            customer: details.customer.clone(),
            description: details.description.clone(),
            receipt_email: details.receipt_email.clone(),
            payer_email: session.and_then(|session| session.customer_email.clone()),
            metadata: details.metadata.clone(),
            shipping: details.shipping.clone(),
            transfer_group: details.transfer_group.clone(),
        }
    }

    pub(crate) fn has_succeeded(&self) -> bool {
        self.failure.is_none()
    }
}

/// Stores a charge, adds its amount to the balance if it succeeded, and emits its event.
pub(crate) fn record(stripe: &mut Stripe, charge: Charge) {
    let rendered = charge.render();
    if charge.has_succeeded() {
        *stripe.balance.entry(charge.currency.clone()).or_default() += charge.amount;
    }
    let kind = if charge.has_succeeded() { "charge.succeeded" } else { "charge.failed" };
    stripe.charges.insert(charge);
    stripe.emit(kind, rendered);
}

/// `GET /v1/charges/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.charges.get(id).map(Resource::render)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    customer: Option<String>,
    payment_intent: Option<String>,
    transfer_group: Option<String>,
}

/// `GET /v1/charges`
pub(crate) fn list(stripe: &Stripe, page: &Page, filter: &Filter) -> ApiResult {
    lists::list(&stripe.charges, page, "/v1/charges", |charge| {
        filter.customer.as_ref().is_none_or(|id| charge.customer.as_ref() == Some(id))
            && filter.payment_intent.as_ref().is_none_or(|id| charge.payment_intent == *id)
            && filter.transfer_group.as_ref().is_none_or(|group| charge.transfer_group.as_ref() == Some(group))
    })
}

impl Resource for Charge {
    const NOUN: &'static str = "charge";
    const PARAM: &'static str = "charge";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        let paid = self.has_succeeded();
        let (code, decline_code, message) = match &self.failure {
            Some((code, decline_code, message)) => (*code, *decline_code, Some(message)),
            None => (None, None, None),
        };
        let card = self.card.as_ref().map(|card| {
            json!({
                "brand": card.brand,
                "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
                "country": "US",
                "exp_month": 12,
                "exp_year": 2034,
                "fingerprint": format!("local{}", card.last4),
                "funding": "credit",
                "installments": null,
                "last4": card.last4,
                "mandate": null,
                "network": card.brand,
                "three_d_secure": null,
                "wallet": null,
            })
        });
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": if paid { self.amount } else { 0 },
            "amount_refunded": self.amount_refunded,
            "application": null,
            "application_fee": null,
            "application_fee_amount": null,
            "balance_transaction": null,
            "billing_details": values::billing_details(self.payer_email.as_deref(), None),
            "calculated_statement_descriptor": "SOUK",
            "captured": paid,
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "description": self.description,
            "destination": null,
            "dispute": null,
            "disputed": false,
            "failure_balance_transaction": null,
            "failure_code": code,
            "failure_message": message,
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "on_behalf_of": null,
            "outcome": {
                "advice_code": null,
                "network_advice_code": null,
                "network_decline_code": null,
                "network_status": if paid { "approved_by_network" } else { "declined_by_network" },
                "reason": decline_code,
                "risk_level": "normal",
                "risk_score": 0,
                "seller_message": if paid { "Payment complete." } else { "The bank did not return any further details." },
                "type": if paid { "authorized" } else { "issuer_declined" },
            },
            "paid": paid,
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "payment_method_details": { "card": card, "type": "card" },
            "receipt_email": self.receipt_email,
            "receipt_number": null,
            "receipt_url": null,
            "refunded": paid && self.amount_refunded == self.amount,
            "review": null,
            "shipping": self.shipping,
            "source": null,
            "source_transfer": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": if paid { "succeeded" } else { "failed" },
            "transfer_data": null,
            "transfer_group": self.transfer_group,
        })
    }
}
