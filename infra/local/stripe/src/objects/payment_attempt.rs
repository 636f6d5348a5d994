//! One attempt to charge a card for a payment intent.

use super::charge::{self, Charge};
use super::checkout_payment;
use super::payment_intent::Status;
use crate::cards::{Card, Reaction};
use crate::error::{ApiError, Refusal};
use crate::state::{Resource, Stripe, new_id};

/// Charges a card, or waits for the bank's authentication.
///
/// # Errors
/// A card error if the bank declines. The payment may then be retried.
pub(crate) fn attempt(stripe: &mut Stripe, id: &str, card: Card, return_url: Option<String>) -> Result<(), ApiError> {
    let authentication_url = format!("{}/c/authenticate/{id}", stripe.public_url);
    let payment = stripe.payment_intents.get_mut(id)?;
    let reaction = card.reaction;
    payment.card = Some(card);
    payment.payment_method = Some(new_id("pm"));
    payment.return_url = return_url.or(payment.return_url.take());
    match reaction {
        Reaction::Succeeds => succeed(stripe, id),
        Reaction::NeedsAuthentication => {
            payment.status = Status::RequiresAction;
            payment.authentication_url = Some(authentication_url);
            let waiting = payment.render();
            stripe.emit("payment_intent.requires_action", waiting);
            Ok(())
        }
        Reaction::Declines { code, decline_code, message } => {
            Err(fail(stripe, id, Refusal::card(code, decline_code, message))?)
        }
    }
}

/// Completes the bank's authentication.
///
/// # Errors
/// Fails with a card error if the buyer did not approve.
pub(crate) fn authenticated(stripe: &mut Stripe, id: &str, approved: bool) -> Result<(), ApiError> {
    let payment = stripe.payment_intents.get_mut(id)?;
    if payment.status != Status::RequiresAction {
        return Err(
            Refusal::invalid("This payment is not waiting for authentication.").code("payment_intent_unexpected_state")
        );
    }
    payment.authentication_url = None;
    if approved {
        return succeed(stripe, id);
    }
    let message =
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.";
    Err(fail(stripe, id, Refusal::card("payment_intent_authentication_failure", None, message))?)
}

fn succeed(stripe: &mut Stripe, id: &str) -> Result<(), ApiError> {
    let charge = Charge::succeeded(stripe.payment_intents.get(id)?, stripe);
    let payment = stripe.payment_intents.get_mut(id)?;
    payment.status = Status::Succeeded;
    payment.last_error = None;
    payment.latest_charge = Some(charge.id().to_owned());
    let (paid, session) = (payment.render(), payment.details.session.clone());
    charge::record(stripe, charge);
    stripe.emit("payment_intent.succeeded", paid);
    match session {
        Some(session) => checkout_payment::complete(stripe, &session),
        None => Ok(()),
    }
}

/// Records a failed attempt and returns the refusal with the attempt in it.
fn fail(stripe: &mut Stripe, id: &str, refusal: ApiError) -> Result<ApiError, ApiError> {
    let charge = Charge::failed(stripe.payment_intents.get(id)?, stripe, &refusal);
    let payment = stripe.payment_intents.get_mut(id)?;
    payment.status = Status::RequiresPaymentMethod;
    payment.card = None;
    payment.payment_method = None;
    payment.last_error = Some(refusal.render());
    payment.latest_charge = Some(charge.id().to_owned());
    let (failed, charge_id) = (payment.render(), charge.id().to_owned());
    charge::record(stripe, charge);
    stripe.emit("payment_intent.payment_failed", failed.clone());
    Ok(refusal.of_payment(charge_id, failed))
}
