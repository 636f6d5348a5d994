//! Stripe's Checkout Sessions and refunds: the requests and the answers.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAllowedPaymentMethodTypes, CreateCheckoutSessionLineItems,
    CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData, ProductData,
};
use stripe_shared::CheckoutSessionMode;
use stripe_types::Currency;

/// A request for a checkout page for one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// The same for every retry of this request and different for every other request; 1 to 255 characters.
    pub idempotency_key: String,
    /// The id of the payment session. Every [`CheckoutSession`] that is read later contains it.
    pub client_reference_id: String,
    /// Lower-case ISO 4217 code of all amounts.
    pub currency: String,
    /// The lines of the page, 1 to 100.
    pub lines: Vec<CheckoutLine>,
    /// The mail address that the page starts with.
    pub customer_email: Option<String>,
    /// The address that the browser is sent to after the payment. Stripe replaces `{CHECKOUT_SESSION_ID}` in it.
    pub success_url: String,
    /// The address that the browser is sent to if the shopper cancels.
    pub cancel_url: String,
    /// When the page expires, in Unix seconds. Stripe allows 30 minutes to 24 hours from now.
    pub expires_at: i64,
    /// Key-value pairs that Stripe's dashboard shows with the session and the payment, at most 50.
    pub metadata: BTreeMap<String, String>,
    /// Connects the payment with the later transfers to the sellers.
    pub transfer_group: Option<String>,
}

/// One line of the checkout page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutLine {
    /// The title that the shopper sees.
    pub name: String,
    /// A second line of text, such as the variant.
    pub description: Option<String>,
    /// The public address of a picture.
    pub image_url: Option<String>,
    /// The price of one piece in minor units, 0 or more.
    pub unit_amount: i64,
    /// The number of pieces, 1 or more.
    pub quantity: u32,
}

/// A Checkout Session as Stripe last described it. The fields and states have Stripe's names, since they are read from
/// its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutSession {
    /// Stripe's id, `cs_...`.
    pub id: String,
    /// The address of the checkout page, absent after the session has ended.
    pub url: Option<String>,
    /// Whether the page still accepts a payment.
    pub status: CheckoutStatus,
    /// Whether the payment has arrived.
    pub payment_status: PaymentStatus,
    /// Stripe's id of the payment, `pi_...`. It exists from the first attempt to pay, and refunds need it.
    pub payment_intent: Option<String>,
    /// Sum of the lines in minor units.
    pub amount_total: i64,
    /// Lower-case ISO 4217 code.
    pub currency: String,
    /// The reference of the [`CheckoutRequest`], absent if another system created the session.
    pub client_reference_id: Option<String>,
}

/// The state of a Checkout Session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutStatus {
    /// The session waits for the shopper.
    Open,
    /// The shopper has completed the page. [`PaymentStatus`] says whether the payment has arrived.
    Complete,
    /// No payment can follow.
    Expired,
}

/// The state of the payment of a Checkout Session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The payment has arrived in Souk's account.
    Paid,
    /// The payment has not arrived.
    Unpaid,
    /// The total was zero.
    NoPaymentRequired,
}

/// Returns the smallest amount that Stripe charges to a card, in minor units, if the account settles in the same
/// currency: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>. It is 1 for currencies without a
/// minimum. A total of 0 is possible too and needs no card.
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

/// The largest amount that Stripe charges to a card in every currency, in minor units. Some currencies allow more:
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
pub const GREATEST_AMOUNT: i64 = 99_999_999;

/// The result of a request to end a Checkout Session early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expiry {
    /// The session was open and has now expired. It cannot be paid any more.
    Expired(CheckoutSession),
    /// The session had ended before. Its status says whether it was paid.
    AlreadyEnded(CheckoutSession),
}

/// A refund of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Stripe's id, `re_...`.
    pub id: String,
    /// The refunded amount in minor units.
    pub amount: i64,
    /// Lower-case ISO 4217 code.
    pub currency: String,
    /// The status: `succeeded`, `pending`, `failed`, `canceled` or `requires_action`.
    pub status: String,
}

impl CheckoutRequest {
    /// Converts the request into one of `async-stripe`.
    pub(crate) fn to_stripe(&self) -> CreateCheckoutSession {
        let currency = currency(&self.currency);
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.metadata = Some(self.metadata.clone().into_iter().collect());
        payment.transfer_group.clone_from(&self.transfer_group);

        let mut request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            // Cards, and wallets with cards, settle at once. A bank debit settles days later, after the held stock has
            // been released.
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

/// Converts a currency code. Stripe refuses an unknown one.
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
            // Refunds from before Stripe had a status lack it. They succeeded long ago.
            status: refund.status.unwrap_or_else(|| "succeeded".to_owned()),
        }
    }
}
