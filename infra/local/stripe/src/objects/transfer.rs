//! Transfers to sellers and their reversals: <https://docs.stripe.com/api/transfers>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::values::{self, Metadata, NoParams};
use crate::error::{ApiError, ApiResult, Refusal};
use crate::form::Page;
use crate::lists::{self, list_object};
use crate::state::{Resource, Stripe, new_id};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    amount: i64,
    currency: String,
    destination: String,
    description: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    source_transaction: Option<String>,
    transfer_group: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reverse {
    amount: Option<i64>,
    description: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug)]
pub(crate) struct Transfer {
    id: String,
    created: i64,
    amount: i64,
    currency: String,
    destination: String,
    destination_payment: String,
    description: Option<String>,
    metadata: Metadata,
    source_transaction: Option<String>,
    transfer_group: Option<String>,
    reversals: Vec<Reversal>,
}

#[derive(Debug)]
struct Reversal {
    id: String,
    created: i64,
    amount: i64,
    currency: String,
    transfer: String,
    metadata: Metadata,
}

/// `POST /v1/transfers`
pub(crate) fn create(stripe: &mut Stripe, params: Create) -> ApiResult {
    let amount = values::positive(params.amount, "amount")?;
    let currency = values::currency(&params.currency, "currency")?;
    let destination = stripe
        .accounts
        .get(&params.destination)
        .map_err(|_| Refusal::missing("destination", &params.destination, "destination"))?;
    if !destination.can("transfers") {
        let message =
            "Your destination account needs to have at least one of the following capabilities enabled: transfers";
        return Err(Refusal::invalid(message).code("insufficient_capabilities_for_transfer"));
    }
    let transfer_group = match &params.source_transaction {
        Some(charge) => reserve_from_charge(stripe, charge, amount, &currency, params.transfer_group)?,
        None => params.transfer_group,
    };
    let available = stripe.balance.entry(currency.clone()).or_default();
    if *available < amount {
        let message = "You have insufficient available funds in your Stripe account.";
        return Err(Refusal::invalid(message).code("balance_insufficient"));
    }
    *available -= amount;

    let transfer = Transfer {
        id: new_id("tr"),
        created: stripe.now(),
        amount,
        currency,
        destination: params.destination,
        destination_payment: new_id("py"),
        description: params.description,
        metadata: params.metadata,
        source_transaction: params.source_transaction,
        transfer_group,
        reversals: Vec::new(),
    };
    let answer = transfer.render();
    stripe.transfers.insert(transfer);
    stripe.emit("transfer.created", answer.clone());
    Ok(answer)
}

/// Reserves `amount` of what a charge has left for transfers. Returns the transfer group, which the charge decides if
/// it has one.
fn reserve_from_charge(
    stripe: &mut Stripe,
    charge: &str,
    amount: i64,
    currency: &str,
    group: Option<String>,
) -> Result<Option<String>, ApiError> {
    let charge = stripe.charges.get_mut(charge)?;
    if !charge.has_succeeded() || charge.currency != currency {
        let message = "The source_transaction must be a successful charge in the transfer's currency.";
        return Err(Refusal::invalid(message).param("source_transaction"));
    }
    let left = charge.amount - charge.amount_transferred;
    if amount > left {
        let message = format!("The transfers of this charge would exceed its amount; {left} are left.");
        return Err(Refusal::invalid(message).param("amount"));
    }
    match (&charge.transfer_group, group) {
        (Some(charge_group), Some(requested)) if *charge_group != requested => {
            Err(Refusal::invalid("The source_transaction has another transfer_group.").param("transfer_group"))
        }
        (charge_group, requested) => {
            let group = charge_group.clone().or(requested);
            charge.amount_transferred += amount;
            Ok(group)
        }
    }
}

/// `POST /v1/transfers/{id}/reversals`
pub(crate) fn reverse(stripe: &mut Stripe, id: &str, params: Reverse) -> ApiResult {
    let now = stripe.now();
    let transfer = stripe.transfers.get_mut(id)?;
    let left = transfer.amount - transfer.amount_reversed();
    if left == 0 {
        return Err(Refusal::invalid(format!("Transfer {id} has already been fully reversed.")));
    }
    let amount = values::positive(params.amount.unwrap_or(left), "amount")?;
    if amount > left {
        let message = format!("Reversal amount ({amount}) is greater than the unreversed amount ({left}).");
        return Err(Refusal::invalid(message).param("amount"));
    }
    let mut metadata = params.metadata;
    if let Some(description) = params.description {
        metadata.insert("description".to_owned(), description);
    }
    let reversal = Reversal {
        id: new_id("trr"),
        created: now,
        amount,
        currency: transfer.currency.clone(),
        transfer: id.to_owned(),
        metadata,
    };
    let answer = reversal.render();
    transfer.reversals.push(reversal);
    let (reversed, currency, source) =
        (transfer.render(), transfer.currency.clone(), transfer.source_transaction.clone());
    *stripe.balance.entry(currency).or_default() += amount;
    if let Some(charge) = source {
        stripe.charges.get_mut(&charge)?.amount_transferred -= amount;
    }
    stripe.emit("transfer.reversed", reversed);
    Ok(answer)
}

/// `GET /v1/transfers/{id}/reversals`
pub(crate) fn list_reversals(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    Ok(stripe.transfers.get(id)?.reversals())
}

/// `GET /v1/transfers/{id}/reversals/{reversal}`
pub(crate) fn retrieve_reversal(stripe: &Stripe, id: &str, reversal: &str, _: NoParams) -> ApiResult {
    let found = stripe.transfers.get(id)?.reversals.iter().find(|candidate| candidate.id == reversal);
    found.map(Reversal::render).ok_or_else(|| Refusal::missing("transfer reversal", reversal, "id"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    destination: Option<String>,
    transfer_group: Option<String>,
}

/// `GET /v1/transfers`
pub(crate) fn list(stripe: &Stripe, page: &Page, filter: &Filter) -> ApiResult {
    lists::list(&stripe.transfers, page, "/v1/transfers", |transfer| {
        filter.destination.as_ref().is_none_or(|id| transfer.destination == *id)
            && filter.transfer_group.as_ref().is_none_or(|group| transfer.transfer_group.as_ref() == Some(group))
    })
}

/// `GET /v1/transfers/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.transfers.get(id).map(Resource::render)
}

impl Transfer {
    fn amount_reversed(&self) -> i64 {
        self.reversals.iter().map(|reversal| reversal.amount).sum()
    }

    fn reversals(&self) -> Value {
        let reversals = self.reversals.iter().rev().map(Reversal::render).collect();
        list_object(reversals, false, &format!("/v1/transfers/{}/reversals", self.id))
    }
}

impl Reversal {
    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "transfer_reversal",
            "amount": self.amount,
            "balance_transaction": null,
            "created": self.created,
            "currency": self.currency,
            "destination_payment_refund": null,
            "metadata": self.metadata,
            "source_refund": null,
            "transfer": self.transfer,
        })
    }
}

impl Resource for Transfer {
    const NOUN: &'static str = "transfer";
    const PARAM: &'static str = "transfer";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        let amount_reversed = self.amount_reversed();
        json!({
            "id": self.id,
            "object": "transfer",
            "amount": self.amount,
            "amount_reversed": amount_reversed,
            "balance_transaction": null,
            "created": self.created,
            "currency": self.currency,
            "description": self.description,
            "destination": self.destination,
            "destination_payment": self.destination_payment,
            "livemode": false,
            "metadata": self.metadata,
            "reversals": self.reversals(),
            "reversed": amount_reversed == self.amount,
            "source_transaction": self.source_transaction,
            "source_type": "card",
            "transfer_group": self.transfer_group,
        })
    }
}
