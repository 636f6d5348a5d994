//! Refunds: <https://docs.stripe.com/api/refunds>. They succeed immediately.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Charge;
use super::values::{self, Metadata, NoParams};
use crate::error::{ApiError, ApiResult, Refusal};
use crate::form::Page;
use crate::lists;
use crate::state::{Resource, Stripe, new_id};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    payment_intent: Option<String>,
    charge: Option<String>,
    amount: Option<i64>,
    reason: Option<Reason>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

#[derive(Debug)]
pub(crate) struct Refund {
    id: String,
    created: i64,
    charge: String,
    payment_intent: String,
    amount: i64,
    currency: String,
    reason: Option<Reason>,
    metadata: Metadata,
}

/// `POST /v1/refunds`
pub(crate) fn create(stripe: &mut Stripe, params: Create) -> ApiResult {
    let charge = refundable(stripe, params.payment_intent.as_deref(), params.charge.as_deref())?;
    let left = charge.amount - charge.amount_refunded;
    if left == 0 {
        let refusal = Refusal::invalid(format!("Charge {} has already been refunded.", charge.id()));
        return Err(refusal.code("charge_already_refunded"));
    }
    let amount = values::positive(params.amount.unwrap_or(left), "amount")?;
    if amount > left {
        let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
        return Err(Refusal::invalid(message).param("amount"));
    }
    let (charge_id, currency) = (charge.id().to_owned(), charge.currency.clone());
    let available = stripe.balance.entry(currency.clone()).or_default();
    if *available < amount {
        let message = "You have insufficient funds in your Stripe account to issue this refund.";
        return Err(Refusal::invalid(message).code("balance_insufficient"));
    }
    *available -= amount;

    let charge = stripe.charges.get_mut(&charge_id)?;
    charge.amount_refunded += amount;
    let (refunded, payment_intent) = (charge.render(), charge.payment_intent.clone());
    let refund = Refund {
        id: new_id("re"),
        created: stripe.now(),
        charge: charge_id,
        payment_intent,
        amount,
        currency,
        reason: params.reason,
        metadata: params.metadata,
    };
    let answer = refund.render();
    stripe.refunds.insert(refund);
    stripe.emit("refund.created", answer.clone());
    stripe.emit("charge.refunded", refunded);
    Ok(answer)
}

/// Returns the successful charge of a payment, or a charge by its id.
fn refundable<'a>(
    stripe: &'a Stripe,
    payment_intent: Option<&str>,
    charge: Option<&str>,
) -> Result<&'a Charge, ApiError> {
    let found = match (payment_intent, charge) {
        (Some(payment), None) => {
            stripe.payment_intents.get(payment)?;
            stripe.charges.newest_first().find(|charge| charge.payment_intent == payment && charge.has_succeeded())
        }
        (None, Some(charge)) => Some(stripe.charges.get(charge)?).filter(|charge| charge.has_succeeded()),
        _ => return Err(Refusal::invalid("One of the following params should be provided: payment_intent or charge.")),
    };
    found.ok_or_else(|| Refusal::invalid("This payment does not have a successful charge to refund."))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    charge: Option<String>,
    payment_intent: Option<String>,
}

/// `GET /v1/refunds`
pub(crate) fn list(stripe: &Stripe, page: &Page, filter: &Filter) -> ApiResult {
    lists::list(&stripe.refunds, page, "/v1/refunds", |refund| {
        filter.charge.as_ref().is_none_or(|id| refund.charge == *id)
            && filter.payment_intent.as_ref().is_none_or(|id| refund.payment_intent == *id)
    })
}

/// `GET /v1/refunds/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.refunds.get(id).map(Resource::render)
}

impl Resource for Refund {
    const NOUN: &'static str = "refund";
    const PARAM: &'static str = "refund";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        let reason = self.reason.map(|reason| match reason {
            Reason::Duplicate => "duplicate",
            Reason::Fraudulent => "fraudulent",
            Reason::RequestedByCustomer => "requested_by_customer",
        });
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": null,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": { "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" }, "type": "card" },
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": "succeeded",
            "transfer_reversal": null,
        })
    }
}
