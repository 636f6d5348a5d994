//! Stripe's test cards: <https://docs.stripe.com/testing#cards>.

use crate::error::{ApiError, Refusal};

/// How the bank reacts to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reaction {
    Succeeds,
    NeedsAuthentication,
    Declines { code: &'static str, decline_code: Option<&'static str>, message: &'static str },
}

/// A card, as far as Stripe shows it.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) brand: &'static str,
    pub(crate) last4: String,
    pub(crate) reaction: Reaction,
}

const fn declined(code: &'static str, decline_code: Option<&'static str>, message: &'static str) -> Reaction {
    Reaction::Declines { code, decline_code, message }
}

/// The number, Stripe's payment method for it, the brand and the reaction.
const TEST_CARDS: [(&str, &str, &str, Reaction); 11] = [
    ("4242424242424242", "pm_card_visa", "visa", Reaction::Succeeds),
    // Stripe makes the money of this card available immediately. This stand-in does so for every card.
    ("4000000000000077", "pm_card_bypassPending", "visa", Reaction::Succeeds),
    ("5555555555554444", "pm_card_mastercard", "mastercard", Reaction::Succeeds),
    ("378282246310005", "pm_card_amex", "amex", Reaction::Succeeds),
    ("4000002500003155", "pm_card_authenticationRequired", "visa", Reaction::NeedsAuthentication),
    (
        "4000000000000002",
        "pm_card_chargeDeclined",
        "visa",
        declined("card_declined", Some("generic_decline"), "Your card was declined."),
    ),
    (
        "4000000000000002",
        "pm_card_visa_chargeDeclined",
        "visa",
        declined("card_declined", Some("generic_decline"), "Your card was declined."),
    ),
    (
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "visa",
        declined("card_declined", Some("insufficient_funds"), "Your card has insufficient funds."),
    ),
    (
        "4000000000000069",
        "pm_card_chargeDeclinedExpiredCard",
        "visa",
        declined("expired_card", Some("expired_card"), "Your card has expired."),
    ),
    (
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        "visa",
        declined("incorrect_cvc", Some("incorrect_cvc"), "Your card's security code is incorrect."),
    ),
    (
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        "visa",
        declined(
            "processing_error",
            Some("processing_error"),
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
];

/// Returns the card with a number as typed on the page. Spaces and hyphens are allowed.
///
/// # Errors
/// `incorrect_number` if it is not a card number. The number of a real card is declined, as in Stripe's test mode.
pub(crate) fn by_number(typed: &str) -> Result<Card, ApiError> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if !passes_luhn(&digits) {
        return Err(Refusal::card("incorrect_number", None, "Your card number is incorrect."));
    }
    let known = TEST_CARDS.iter().find(|(number, ..)| *number == digits);
    Ok(known.map_or_else(|| real_card(&digits), |(number, _, brand, reaction)| card(number, brand, *reaction)))
}

/// Returns the card of one of Stripe's test payment methods.
///
/// # Errors
/// `resource_missing` for any other id.
pub(crate) fn by_payment_method(id: &str) -> Result<Card, ApiError> {
    TEST_CARDS
        .iter()
        .find(|(_, name, ..)| *name == id)
        .map(|(number, _, brand, reaction)| card(number, brand, *reaction))
        .ok_or_else(|| Refusal::missing("PaymentMethod", id, "payment_method"))
}

fn card(number: &str, brand: &'static str, reaction: Reaction) -> Card {
    Card { brand, last4: number[number.len() - 4..].to_owned(), reaction }
}

fn real_card(digits: &str) -> Card {
    let message = "Your card was declined. Your request was in test mode, but used a non test card.";
    card(digits, "unknown", declined("card_declined", Some("test_mode_live_card"), message))
}

/// Checks the check digit of ISO/IEC 7812 on 12 to 19 digits.
fn passes_luhn(digits: &str) -> bool {
    let Some(values) = digits.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>() else { return false };
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) => doubled / 10 + doubled % 10,
        })
        .sum();
    (12..=19).contains(&values.len()) && sum.is_multiple_of(10)
}
