//! Payment Intents: <https://docs.stripe.com/api/payment_intents>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::payment_attempt::attempt;
use super::values::{self, Metadata, NoParams, Shipping};
use crate::cards::{self, Card};
use crate::error::{ApiError, ApiResult, Refusal};
use crate::form::Page;
use crate::lists;
use crate::state::{Resource, Stripe, new_id};

/// Stripe accepts at most eight digits.
pub(crate) const MAX_AMOUNT: i64 = 99_999_999;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    amount: i64,
    currency: String,
    customer: Option<String>,
    description: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    receipt_email: Option<String>,
    statement_descriptor: Option<String>,
    statement_descriptor_suffix: Option<String>,
    transfer_group: Option<String>,
    #[serde(default)]
    payment_method_types: Vec<String>,
    payment_method: Option<String>,
    #[serde(default)]
    confirm: bool,
    return_url: Option<String>,
    shipping: Option<Shipping>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    payment_method: Option<String>,
    return_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancel {
    cancellation_reason: Option<CancellationReason>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CancellationReason {
    Abandoned,
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

/// Stripe's states without `processing` and `requires_capture`: cards answer and are captured immediately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Succeeded,
    Canceled,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// The details of a new payment.
#[derive(Debug)]
pub(crate) struct NewPayment {
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) customer: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) receipt_email: Option<String>,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    pub(crate) transfer_group: Option<String>,
    pub(crate) shipping: Option<Shipping>,
    /// The Checkout Session of the payment, if any.
    pub(crate) session: Option<String>,
}

#[derive(Debug)]
pub(crate) struct PaymentIntent {
    id: String,
    created: i64,
    pub(crate) details: NewPayment,
    pub(crate) status: Status,
    /// The card to charge, if known.
    pub(super) card: Option<Card>,
    pub(super) payment_method: Option<String>,
    pub(super) latest_charge: Option<String>,
    pub(super) last_error: Option<Value>,
    canceled_at: Option<i64>,
    cancellation_reason: Option<&'static str>,
    /// The URL of the bank's page while its authentication is pending.
    pub(super) authentication_url: Option<String>,
    pub(crate) return_url: Option<String>,
}

/// `POST /v1/payment_intents`
pub(crate) fn create(stripe: &mut Stripe, params: Create) -> ApiResult {
    values::positive(params.amount, "amount")?;
    let currency = values::currency(&params.currency, "currency")?;
    check_minimum(params.amount, &currency, "amount")?;
    if params.amount > MAX_AMOUNT {
        let refusal = Refusal::invalid("Amount must be no more than 99999999.");
        return Err(refusal.code("amount_too_large").param("amount"));
    }
    if params.payment_method_types.iter().any(|kind| kind != "card") {
        return Err(Refusal::invalid("The local stand-in takes cards only.").param("payment_method_types"));
    }
    if let Some(customer) = &params.customer {
        stripe.customers.get(customer)?;
    }
    let card = params.payment_method.as_deref().map(cards::by_payment_method).transpose()?;
    let id = begin(
        stripe,
        NewPayment {
            amount: params.amount,
            currency,
            customer: params.customer,
            description: params.description,
            metadata: params.metadata,
            receipt_email: params.receipt_email,
            statement_descriptor: params.statement_descriptor,
            statement_descriptor_suffix: params.statement_descriptor_suffix,
            transfer_group: params.transfer_group,
            shipping: params.shipping,
            session: None,
        },
    );
    match card {
        Some(card) if params.confirm => attempt(stripe, &id, card, params.return_url)?,
        None if params.confirm => {
            return Err(Refusal::invalid(
                "You cannot confirm this PaymentIntent because it's missing a payment method.",
            ));
        }
        card => {
            let payment = stripe.payment_intents.get_mut(&id)?;
            if card.is_some() {
                payment.status = Status::RequiresConfirmation;
                payment.payment_method = Some(new_id("pm"));
            }
            payment.card = card;
        }
    }
    Ok(stripe.payment_intents.get(&id)?.render())
}

/// `POST /v1/payment_intents/{id}/confirm`
pub(crate) fn confirm(stripe: &mut Stripe, id: &str, params: Confirm) -> ApiResult {
    let payment = stripe.payment_intents.get(id)?;
    if !matches!(payment.status, Status::RequiresPaymentMethod | Status::RequiresConfirmation) {
        let status = payment.status.as_str();
        return Err(Refusal::invalid(format!(
            "You cannot confirm this PaymentIntent because it has a status of {status}."
        ))
        .code("payment_intent_unexpected_state"));
    }
    let card = match params.payment_method.as_deref() {
        Some(method) => cards::by_payment_method(method)?,
        None => payment.card.clone().ok_or_else(|| {
            Refusal::invalid("You cannot confirm this PaymentIntent because it's missing a payment method.")
                .code("payment_intent_unexpected_state")
        })?,
    };
    attempt(stripe, id, card, params.return_url)?;
    Ok(stripe.payment_intents.get(id)?.render())
}

/// `POST /v1/payment_intents/{id}/cancel`
pub(crate) fn cancel(stripe: &mut Stripe, id: &str, params: Cancel) -> ApiResult {
    let payment = stripe.payment_intents.get(id)?;
    if matches!(payment.status, Status::Succeeded | Status::Canceled) {
        let status = payment.status.as_str();
        return Err(Refusal::invalid(format!(
            "You cannot cancel this PaymentIntent because it has a status of {status}."
        ))
        .code("payment_intent_unexpected_state"));
    }
    if payment.details.session.is_some() {
        let message = "You cannot cancel a PaymentIntent of a Checkout Session. Expire the Checkout Session instead.";
        return Err(Refusal::invalid(message).code("payment_intent_unexpected_state"));
    }
    let reason = params.cancellation_reason.map(|reason| match reason {
        CancellationReason::Abandoned => "abandoned",
        CancellationReason::Duplicate => "duplicate",
        CancellationReason::Fraudulent => "fraudulent",
        CancellationReason::RequestedByCustomer => "requested_by_customer",
    });
    end(stripe, id, reason)
}

/// Cancels the payment of an expired session.
pub(crate) fn cancel_abandoned(stripe: &mut Stripe, id: &str) -> Result<(), ApiError> {
    end(stripe, id, Some("automatic")).map(drop)
}

fn end(stripe: &mut Stripe, id: &str, reason: Option<&'static str>) -> ApiResult {
    let now = stripe.now();
    let payment = stripe.payment_intents.get_mut(id)?;
    payment.status = Status::Canceled;
    payment.canceled_at = Some(now);
    payment.cancellation_reason = reason;
    payment.authentication_url = None;
    let canceled = payment.render();
    stripe.emit("payment_intent.canceled", canceled.clone());
    Ok(canceled)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    customer: Option<String>,
}

/// `GET /v1/payment_intents`
pub(crate) fn list(stripe: &Stripe, page: &Page, filter: &Filter) -> ApiResult {
    lists::list(&stripe.payment_intents, page, "/v1/payment_intents", |payment| {
        filter.customer.as_ref().is_none_or(|id| payment.details.customer.as_ref() == Some(id))
    })
}

/// `GET /v1/payment_intents/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.payment_intents.get(id).map(Resource::render)
}

/// Checks Stripe's smallest charge, for the currencies used here:
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
pub(crate) fn check_minimum(amount: i64, currency: &str, param: &str) -> Result<(), ApiError> {
    let minimum = match currency {
        "usd" | "eur" | "chf" | "cad" | "aud" => 50,
        "gbp" => 30,
        "czk" => 1_500,
        "pln" => 200,
        _ => 1,
    };
    if amount >= minimum {
        return Ok(());
    }
    let message = format!("The amount must be at least {minimum} {currency} minor units.");
    Err(Refusal::invalid(message).code("amount_too_small").param(param))
}

/// Creates a payment without an attempt and returns its id.
pub(crate) fn begin(stripe: &mut Stripe, details: NewPayment) -> String {
    let payment = PaymentIntent {
        id: new_id("pi"),
        created: stripe.now(),
        details,
        status: Status::RequiresPaymentMethod,
        card: None,
        payment_method: None,
        latest_charge: None,
        last_error: None,
        canceled_at: None,
        cancellation_reason: None,
        authentication_url: None,
        return_url: None,
    };
    let (id, created) = (payment.id.clone(), payment.render());
    stripe.payment_intents.insert(payment);
    stripe.emit("payment_intent.created", created);
    id
}

impl Resource for PaymentIntent {
    const NOUN: &'static str = "payment_intent";
    const PARAM: &'static str = "intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        let details = &self.details;
        let next_action = self.authentication_url.as_ref().map(|url| {
            json!({ "type": "redirect_to_url", "redirect_to_url": { "url": url, "return_url": self.return_url } })
        });
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": details.amount,
            "amount_capturable": 0,
            "amount_details": { "tip": {} },
            "amount_received": if self.status == Status::Succeeded { details.amount } else { 0 },
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": null,
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": "automatic_async",
            "client_secret": format!("{}_secret_local", self.id),
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": details.currency,
            "customer": details.customer,
            "description": details.description,
            "last_payment_error": self.last_error,
            "latest_charge": self.latest_charge,
            "livemode": false,
            "metadata": details.metadata,
            "next_action": next_action,
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_configuration_details": null,
            "payment_method_options": { "card": { "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic" } },
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": details.receipt_email,
            "review": null,
            "setup_future_usage": null,
            "shipping": details.shipping,
            "source": null,
            "statement_descriptor": details.statement_descriptor,
            "statement_descriptor_suffix": details.statement_descriptor_suffix,
            "status": self.status.as_str(),
            "transfer_data": null,
            "transfer_group": details.transfer_group,
        })
    }
}
