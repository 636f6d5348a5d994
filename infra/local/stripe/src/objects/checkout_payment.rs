//! The payment of a Checkout Session on the checkout page.

use super::checkout_session::Status;
use super::payment_attempt;
use super::payment_intent::{self, NewPayment};
use crate::cards::Card;
use crate::error::{ApiError, Refusal};
use crate::state::{Resource, Stripe};

/// Pays a session with the card from the checkout page. Returns the payment intent's id; the payment has succeeded or
/// waits for the bank's authentication. Returns `None` if the total is zero, which needs neither card nor payment.
pub(crate) fn pay(stripe: &mut Stripe, id: &str, payer: Payer, card: Option<Card>) -> Result<Option<String>, ApiError> {
    let session = stripe.sessions.get_mut(id)?;
    if session.status != Status::Open {
        return Err(Refusal::invalid(format!("This Checkout Session is {}.", session.status.as_str())));
    }
    session.payer_name = payer.name;
    session.customer_email = Some(payer.email);
    let card = match card {
        _ if session.amount_total == 0 => {
            complete(stripe, id)?;
            return Ok(None);
        }
        Some(card) => card,
        None => return Err(Refusal::card("incomplete_number", None, "Your card number is incomplete.")),
    };

    let payment = match session.payment_intent.clone() {
        Some(payment) => payment,
        None => {
            let new = NewPayment {
                amount: session.amount_total,
                currency: session.currency.clone(),
                customer: session.customer.clone(),
                description: session.payment_data.description.clone(),
                metadata: session.payment_data.metadata.clone(),
                receipt_email: session.payment_data.receipt_email.clone(),
                statement_descriptor: session.payment_data.statement_descriptor.clone(),
                statement_descriptor_suffix: session.payment_data.statement_descriptor_suffix.clone(),
                transfer_group: session.payment_data.transfer_group.clone(),
                shipping: None,
                session: Some(id.to_owned()),
            };
            let payment = payment_intent::begin(stripe, new);
            stripe.sessions.get_mut(id)?.payment_intent = Some(payment.clone());
            payment
        }
    };
    payment_attempt::attempt(stripe, &payment, card, None)?;
    Ok(Some(payment))
}

/// The payer, as entered on the page.
#[derive(Debug)]
pub(crate) struct Payer {
    pub(crate) email: String,
    pub(crate) name: Option<String>,
}

/// Marks a session as complete.
pub(crate) fn complete(stripe: &mut Stripe, id: &str) -> Result<(), ApiError> {
    let session = stripe.sessions.get_mut(id)?;
    session.status = Status::Complete;
    let completed = session.render();
    stripe.emit("checkout.session.completed", completed);
    Ok(())
}
