//! What a function asks of Stripe's CheckoutSession, and what it learns back.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAllowedPaymentMethodTypes, CreateCheckoutSessionLineItems,
    CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData, ProductData,
};
use stripe_shared::CheckoutSessionMode;
use stripe_types::Currency;

/// One payment to be made on Stripe's hosted page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// The same for every repeat of this request, different for every other; 1 to 255 characters.
    pub idempotency_key: String,
    /// Our payment session's id; comes back in every [`CheckoutSession`] of this session.
    pub client_reference_id: String,
    /// Lower-case ISO 4217 code of all amounts.
    pub currency: String,
    /// What is bought, 1 to 100 lines.
    pub lines: Vec<CheckoutLine>,
    /// Fills in the e-mail field of the page.
    pub customer_email: Option<String>,
    /// Where the browser goes after paying; Stripe replaces `{CHECKOUT_SESSION_ID}` in it.
    pub success_url: String,
    /// Where the browser goes when the buyer turns back.
    pub cancel_url: String,
    /// When the page stops taking payments, in Unix seconds: Stripe allows 30 minutes to 24 hours from now.
    pub expires_at: i64,
    /// Shown on the session and on the payment in Stripe's dashboard; at most 50 pairs.
    pub metadata: BTreeMap<String, String>,
    /// Ties the payment to the later transfers to the sellers.
    pub transfer_group: Option<String>,
}

/// One line of the hosted page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutLine {
    /// Title shown to the buyer.
    pub name: String,
    /// Second line, such as the chosen variant.
    pub description: Option<String>,
    /// Publicly readable picture.
    pub image_url: Option<String>,
    /// Price of one piece in minor units, 0 or more.
    pub unit_amount: i64,
    /// Number of pieces, 1 or more.
    pub quantity: u32,
}

/// A CheckoutSession Session as Stripe last described it. Fields and states bear Stripe's names: it is read from Stripe's JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutSession {
    /// Stripe's id, `cs_...`.
    pub id: String,
    /// The hosted page; absent once the session has ended.
    pub url: Option<String>,
    /// Whether the page still takes payments.
    pub status: CheckoutStatus,
    /// Whether the money is there.
    pub payment_status: PaymentStatus,
    /// Stripe's payment, `pi_...`: known from the first attempt to pay on, needed for refunds.
    pub payment_intent: Option<String>,
    /// Sum of the lines in minor units.
    pub amount_total: i64,
    /// Lower-case ISO 4217 code.
    pub currency: String,
    /// The reference given in [`CheckoutRequest`]; absent on sessions this system did not create.
    pub client_reference_id: Option<String>,
}

/// Life of a CheckoutSession Session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutStatus {
    /// Waiting for the buyer.
    Open,
    /// The buyer has finished; see [`PaymentStatus`] for the money.
    Complete,
    /// No payment can follow.
    Expired,
}

/// State of the money of a CheckoutSession Session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The funds are in Souk's account.
    Paid,
    /// No funds yet.
    Unpaid,
    /// The total was zero.
    NoPaymentRequired,
}

/// The least that Stripe takes on a card, in minor units, where the account settles in the same currency; 1 for currencies
/// that it names none for: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>. Nothing at all is
/// possible too, and needs no card.
pub fn least_amount(currency: &str) -> i64 {
    match currency.to_ascii_lowercase().as_str() {
        "aud" | "brl" | "cad" | "chf" | "eur" | "inr" | "jpy" | "nzd" | "sgd" | "usd" => 50,
        "gbp" => 30,
        "pln" | "ron" => 200,
        "dkk" => 250,
        "nok" | "sek" => 300,
        "mxn" => 1_000,
        "czk" => 1_500,
        _ => 1,
    }
}

/// Answer to a request to end a session early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expiry {
    /// The session was open and has now expired: nobody can pay it any more.
    Expired(CheckoutSession),
    /// The session had ended before: look at its status, it may have been paid.
    AlreadyEnded(CheckoutSession),
}

/// Money on its way back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Stripe's id, `re_...`.
    pub id: String,
    /// Minor units given back.
    pub amount: i64,
    /// Lower-case ISO 4217 code.
    pub currency: String,
    /// Stripe's word: `succeeded`, `pending`, `failed`, `canceled` or `requires_action`.
    pub status: String,
}

impl CheckoutRequest {
    /// The request in Stripe's form.
    pub(crate) fn to_stripe(&self) -> CreateCheckoutSession {
        let currency = currency(&self.currency);
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.metadata = Some(self.metadata.clone().into_iter().collect());
        payment.transfer_group.clone_from(&self.transfer_group);

        let mut request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            // Cards (and the wallets on them) settle while the buyer waits. Bank debits would settle days after the
            // held stock has been given back.
            .allowed_payment_method_types(vec![CreateCheckoutSessionAllowedPaymentMethodTypes::Card])
            .line_items(self.lines.iter().map(|line| line.to_stripe(&currency)).collect::<Vec<_>>())
            .client_reference_id(&self.client_reference_id)
            .success_url(&self.success_url)
            .cancel_url(&self.cancel_url)
            .expires_at(self.expires_at)
            .metadata(self.metadata.clone().into_iter().collect::<HashMap<_, _>>())
            .payment_intent_data(payment);
        if let Some(email) = &self.customer_email {
            request = request.customer_email(email);
        }
        request
    }
}

impl CheckoutLine {
    fn to_stripe(&self, currency: &Currency) -> CreateCheckoutSessionLineItems {
        let mut product = ProductData::new(&self.name);
        product.description.clone_from(&self.description);
        product.images = self.image_url.clone().map(|url| vec![url]);

        let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency.clone());
        price.unit_amount = Some(self.unit_amount);
        price.product_data = Some(product);

        let mut line = CreateCheckoutSessionLineItems::new();
        line.price_data = Some(price);
        line.quantity = Some(u64::from(self.quantity));
        line
    }
}

/// Stripe's name of a currency. An unknown code is passed on, for Stripe to refuse.
fn currency(code: &str) -> Currency {
    match code.parse() {
        Ok(currency) => currency,
        Err(never) => match never {},
    }
}

/// The fields of Stripe's refund object that are read.
#[derive(Deserialize)]
pub(crate) struct WireRefund {
    id: String,
    amount: i64,
    currency: String,
    status: Option<String>,
}

impl From<WireRefund> for Refund {
    fn from(refund: WireRefund) -> Self {
        Self {
            id: refund.id,
            amount: refund.amount,
            currency: refund.currency,
            // Stripe leaves the status out of refunds from before it had one; those have long succeeded.
            status: refund.status.unwrap_or_else(|| "succeeded".to_owned()),
        }
    }
}
