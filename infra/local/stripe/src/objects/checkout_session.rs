//! Checkout Sessions: <https://docs.stripe.com/api/checkout/sessions>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::line_item::{LineItem, LineItemParams};
use super::payment_intent;
use super::values::{self, Metadata, NoParams};
use crate::error::{ApiError, ApiResult, Refusal};
use crate::form::Page;
use crate::lists::{self, list_object};
use crate::state::{Resource, Stripe, new_id};

/// Stripe's range and default for `expires_at`, in seconds from now.
const SOONEST_EXPIRY: i64 = 30 * 60;
const LATEST_EXPIRY: i64 = 24 * 60 * 60;

/// The clocks of the caller and of the stand-in may differ by some seconds.
const CLOCK_TOLERANCE: i64 = 5;

const MAX_LINES: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    #[expect(dead_code, reason = "only validated: there is one mode")]
    mode: Mode,
    line_items: Vec<LineItemParams>,
    success_url: String,
    cancel_url: Option<String>,
    client_reference_id: Option<String>,
    customer: Option<String>,
    customer_email: Option<String>,
    expires_at: Option<i64>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    payment_intent_data: PaymentIntentData,
    #[serde(default)]
    #[expect(dead_code, reason = "only validated: there is one kind of payment method")]
    allowed_payment_method_types: Vec<PaymentMethodType>,
    currency: Option<String>,
    locale: Option<String>,
    submit_type: Option<String>,
    #[expect(dead_code, reason = "only validated: there is one kind of page")]
    ui_mode: Option<UiMode>,
}

/// The only mode that a marketplace order needs. Stripe also has `setup` and `subscription`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Payment,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UiMode {
    HostedPage,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PaymentMethodType {
    Card,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentIntentData {
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) metadata: Metadata,
    pub(super) receipt_email: Option<String>,
    pub(super) statement_descriptor: Option<String>,
    pub(super) statement_descriptor_suffix: Option<String>,
    pub(super) transfer_group: Option<String>,
}

/// The state of a session. The payment itself is a payment intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Open,
    Complete,
    Expired,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

#[derive(Debug)]
pub(crate) struct CheckoutSession {
    id: String,
    created: i64,
    pub(crate) status: Status,
    pub(crate) lines: Vec<LineItem>,
    pub(crate) amount_total: i64,
    pub(crate) currency: String,
    pub(crate) success_url: String,
    pub(crate) cancel_url: Option<String>,
    pub(crate) client_reference_id: Option<String>,
    pub(super) customer: Option<String>,
    pub(crate) customer_email: Option<String>,
    /// The payer's name, as entered on the page.
    pub(super) payer_name: Option<String>,
    pub(crate) expires_at: i64,
    metadata: Metadata,
    pub(super) payment_data: PaymentIntentData,
    locale: Option<String>,
    submit_type: Option<String>,
    pub(crate) payment_intent: Option<String>,
    url: String,
}

/// `POST /v1/checkout/sessions`
pub(crate) fn create(stripe: &mut Stripe, params: Create) -> ApiResult {
    let now = stripe.now();
    let expires_at = expiry(params.expires_at, now)?;
    if let Some(customer) = &params.customer {
        stripe.customers.get(customer)?;
        if params.customer_email.is_some() {
            return Err(Refusal::invalid("You may only specify one of these parameters: customer, customer_email."));
        }
    }
    let customer_email = params.customer_email.map(|email| values::email(&email, "customer_email")).transpose()?;
    if params.line_items.len() > MAX_LINES {
        return Err(Refusal::invalid(format!("You can only have up to {MAX_LINES} line items.")).param("line_items"));
    }
    let lines = params
        .line_items
        .into_iter()
        .enumerate()
        .map(|(index, line)| LineItem::new(line, index, now))
        .collect::<Result<Vec<_>, _>>()?;
    let (amount_total, currency) = total(&lines, params.currency.as_deref())?;

    let id = new_id("cs_test");
    let session = CheckoutSession {
        url: format!("{}/c/pay/{id}", stripe.public_url),
        id,
        created: now,
        status: Status::Open,
        lines,
        amount_total,
        currency,
        success_url: values::url(&params.success_url, "success_url")?,
        cancel_url: params.cancel_url.map(|url| values::url(&url, "cancel_url")).transpose()?,
        client_reference_id: params.client_reference_id,
        customer: params.customer,
        customer_email,
        payer_name: None,
        expires_at,
        metadata: params.metadata,
        payment_data: params.payment_intent_data,
        locale: params.locale,
        submit_type: params.submit_type,
        payment_intent: None,
    };
    let answer = session.render();
    stripe.sessions.insert(session);
    Ok(answer)
}

/// Returns the time at which a session that is created now expires.
fn expiry(requested: Option<i64>, now: i64) -> Result<i64, ApiError> {
    let Some(expires_at) = requested else { return Ok(now + LATEST_EXPIRY) };
    if expires_at < now + SOONEST_EXPIRY - CLOCK_TOLERANCE {
        let message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
        return Err(Refusal::invalid(message).param("expires_at"));
    }
    if expires_at > now + LATEST_EXPIRY + CLOCK_TOLERANCE {
        let message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
        return Err(Refusal::invalid(message).param("expires_at"));
    }
    Ok(expires_at)
}

/// Returns the sum and the common currency of the lines.
fn total(lines: &[LineItem], presented: Option<&str>) -> Result<(i64, String), ApiError> {
    let Some(currency) = lines.first().map(|line| line.currency.clone()) else {
        return Err(Refusal::invalid("Missing required param: line_items.")
            .code("parameter_missing")
            .param("line_items"));
    };
    if lines.iter().any(|line| line.currency != currency) {
        return Err(Refusal::invalid("All line items must have the same currency.").param("line_items"));
    }
    if presented.is_some_and(|presented| !presented.eq_ignore_ascii_case(&currency)) {
        return Err(Refusal::invalid("The currency does not match the line items.").param("currency"));
    }
    let sum = lines.iter().try_fold(0_i64, |sum, line| line.amount().and_then(|amount| sum.checked_add(amount)));
    let sum = sum.filter(|sum| *sum <= payment_intent::MAX_AMOUNT);
    let Some(sum) = sum else {
        let refusal = Refusal::invalid("The Checkout Session's total amount due is too large.");
        return Err(refusal.code("amount_too_large").param("line_items"));
    };
    if sum > 0 {
        payment_intent::check_minimum(sum, &currency, "line_items")?;
    }
    Ok((sum, currency))
}

/// `POST /v1/checkout/sessions/{id}/expire`
pub(crate) fn expire(stripe: &mut Stripe, id: &str, _: NoParams) -> ApiResult {
    let status = stripe.sessions.get(id)?.status;
    if status != Status::Open {
        return Err(Refusal::invalid(format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
            status.as_str()
        )));
    }
    expire_unpaid(stripe, id)
}

/// Expires the open sessions whose time has passed.
pub(crate) fn expire_due(stripe: &mut Stripe) {
    let now = stripe.now();
    let due: Vec<String> = stripe
        .sessions
        .newest_first()
        .filter(|session| session.status == Status::Open && session.expires_at <= now)
        .map(|session| session.id.clone())
        .collect();
    for id in due {
        // This fails only for an unknown id, and the ids were just read.
        let _ = expire_unpaid(stripe, &id);
    }
}

fn expire_unpaid(stripe: &mut Stripe, id: &str) -> ApiResult {
    let session = stripe.sessions.get_mut(id)?;
    session.status = Status::Expired;
    let (ended, payment) = (session.render(), session.payment_intent.clone());
    if let Some(payment) = payment {
        payment_intent::cancel_abandoned(stripe, &payment)?;
    }
    stripe.emit("checkout.session.expired", ended.clone());
    Ok(ended)
}

/// `GET /v1/checkout/sessions/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.sessions.get(id).map(Resource::render)
}

/// `GET /v1/checkout/sessions/{id}/line_items`
pub(crate) fn list_line_items(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    Ok(stripe.sessions.get(id)?.line_items())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    payment_intent: Option<String>,
    customer: Option<String>,
    status: Option<String>,
}

/// `GET /v1/checkout/sessions`
pub(crate) fn list(stripe: &Stripe, page: &Page, filter: &Filter) -> ApiResult {
    lists::list(&stripe.sessions, page, "/v1/checkout/sessions", |session| {
        filter.payment_intent.as_ref().is_none_or(|id| session.payment_intent.as_ref() == Some(id))
            && filter.customer.as_ref().is_none_or(|id| session.customer.as_ref() == Some(id))
            && filter.status.as_ref().is_none_or(|status| session.status.as_str() == status)
    })
}

impl CheckoutSession {
    pub(crate) fn line_items(&self) -> Value {
        let lines = self.lines.iter().map(LineItem::render).collect();
        list_object(lines, false, &format!("/v1/checkout/sessions/{}/line_items", self.id))
    }

    pub(crate) fn payment_status(&self) -> &'static str {
        match self.status {
            _ if self.amount_total == 0 => "no_payment_required",
            Status::Complete => "paid",
            Status::Open | Status::Expired => "unpaid",
        }
    }

    /// Returns the URL that the browser is redirected to after paying.
    pub(crate) fn success_location(&self) -> String {
        self.success_url.replace("{CHECKOUT_SESSION_ID}", &self.id)
    }
}

impl Resource for CheckoutSession {
    const NOUN: &'static str = "checkout.session";
    const PARAM: &'static str = "session";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        let customer_details = self.customer_email.as_ref().map(|email| {
            json!({
                "address": null,
                "business_name": null,
                "email": email,
                "individual_name": null,
                "name": self.payer_name,
                "phone": null,
                "tax_exempt": "none",
                "tax_ids": null,
            })
        });
        json!({
            "id": self.id,
            "object": "checkout.session",
            "adaptive_pricing": { "enabled": false },
            "after_expiration": null,
            "allow_promotion_codes": null,
            "amount_subtotal": self.amount_total,
            "amount_total": self.amount_total,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "billing_address_collection": null,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.client_reference_id,
            "client_secret": null,
            "collected_information": null,
            "consent": null,
            "consent_collection": null,
            "created": self.created,
            "currency": self.currency,
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": {
                "after_submit": null,
                "shipping_address": null,
                "submit": null,
                "terms_of_service_acceptance": null,
            },
            "customer": self.customer,
            "customer_creation": "if_required",
            "customer_details": customer_details,
            "customer_email": self.customer_email,
            "discounts": [],
            "expires_at": self.expires_at,
            "invoice": null,
            "invoice_creation": null,
            "livemode": false,
            "locale": self.locale,
            "metadata": self.metadata,
            "mode": "payment",
            "origin_context": null,
            "payment_intent": self.payment_intent,
            "payment_link": null,
            "payment_method_collection": "if_required",
            "payment_method_configuration_details": null,
            "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
            "payment_method_types": ["card"],
            "payment_status": self.payment_status(),
            "permissions": null,
            "phone_number_collection": { "enabled": false },
            "recovered_from": null,
            "saved_payment_method_options": null,
            "setup_intent": null,
            "shipping_address_collection": null,
            "shipping_cost": null,
            "shipping_options": [],
            "status": self.status.as_str(),
            "submit_type": self.submit_type,
            "subscription": null,
            "success_url": self.success_url,
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
            "ui_mode": "hosted_page",
            "url": (self.status == Status::Open).then_some(&self.url),
            "wallet_options": null,
        })
    }
}
