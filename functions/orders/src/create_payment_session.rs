//! `POST /v1/payment-sessions` - the shopper wants to pay the cart.
//!
//! 1. The cart is priced anew and compared, line by line, with what the shopper saw.
//! 2. If the cart's open session is for exactly this, it is the answer.
//! 3. Otherwise one transaction takes the stock, opens a session, replaces the one before and stores the answer's key.
//! 4. Only then is Stripe asked for a page to pay on, under a key of the session's own. If that fails, or the function
//!    dies here, asking again with the same `Idempotency-Key` comes back to this step.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{PaymentSessionId, Quantity, SkuId, order::PaymentState};
use souk_payments::{CheckoutLine, CheckoutRequest, CheckoutStatus, Expiry};
use souk_store::{
    carts::MAX_LINES,
    orders::{OrderLine, ShopPart},
    payments::{self, PaymentSession, Rule},
    products::{Product, Sku},
};
use souk_web::{
    Answer, Body, Code, Created, Cx, Deserr, Endpoint, FieldError, FieldErrors, Idempotent, JsonSchema, Limit, Problem,
    Route, Shopper, route,
};

use crate::{
    deps::{Checkout, unavailable},
    till::{Seen, ring_up},
    view::SessionView,
};

/// Opens a payment session.
#[derive(Debug)]
pub struct Room;

/// The cart as the shopper saw it. What differs by now is named instead of charged.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "NewPaymentSession")]
pub struct Input {
    /// Every line of the cart: at most 90.
    #[schemars(length(max = 90))]
    lines: Vec<SeenLine>,
}

/// What an `Idempotency-Key` stands for: the session, not its answer, which gains a page a moment later.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    id: PaymentSessionId,
}

/// A line as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct SeenLine {
    /// What.
    sku: SkuId,
    /// How many.
    quantity: Quantity,
    /// What one costs, in minor units.
    unit_price: i64,
}

/// DynamoDB takes 100 items in a transaction. Besides the SKUs there are the session, the cart, the answer and the session
/// before.
const MAX_SKUS: usize = 96;

/// Stripe wants a page to be open for at least 30 minutes. It closes a little before the stock goes back.
const CLOSES_BEFORE_HOLD_ENDS: SignedDuration = SignedDuration::from_mins(3);

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/payment-sessions");
    const SUMMARY: &'static str = "Hold the cart's stock and get a page to pay on";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] = &[Code::CartEmpty, Code::CartChanged, Code::SoldOut, Code::PaymentNotOpen];

    type Deps = Checkout;
    type Caller = Shopper;
    type Input = Body<Input>;
    type Output = Created<SessionView>;

    async fn handle(
        cx: &Cx<'_, Checkout>,
        shopper: Shopper,
        Body(input): Body<Input>,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        let seen = read(&input)?;
        let store = &cx.till.store;
        let cart = store.carts().get(shopper.cart()).await?;
        let wanted: Vec<SkuId> = cart.lines.keys().copied().collect();
        let found = store.products().for_sale(&wanted).await?;
        let (quote, parts) = ring_up(&cart, &seen, &found, &cx.terms)?;

        let before = match cart.payment_session {
            Some(id) => store.payments().get(id).await?.filter(|session| session.state == PaymentState::Open),
            None => None,
        };
        if let Some(session) = before.as_ref().filter(|session| session.parts == parts && session.held_until > cx.now) {
            let answer = key.answer(&Stored { id: session.id }, cx.now)?;
            if !store.idempotency().remember(&answer).await? {
                // Another request with this key was faster, perhaps for something else: what it stored is the answer.
                return Err(Code::Unavailable.into());
            }
            return resume(cx, session.clone()).await.map(Created);
        }
        enough(&seen, &found, before.as_ref())?;
        let before = make_room(cx, &parts, before).await?;

        let user = store.accounts().user(shopper.id).await?.ok_or(Code::NotSignedIn)?;
        let session = PaymentSession {
            id: cx.fresh(),
            user: user.id,
            buyer: user.name,
            email: user.email,
            cart: cart.id,
            state: PaymentState::Open,
            parts,
            total: quote.total,
            held_until: cx.now + cx.terms.hold,
            created_at: cx.now,
            checkout: None,
        };
        let answer = key.answer(&Stored { id: session.id }, cx.now)?;
        let opened = store.payments().open(&session, &cart, before.as_ref(), &answer).await;
        opened.map_err(|error| Problem::from_write(error, |rules| refusal(rules, &seen)))?;
        if let Some(checkout) = before.and_then(|session| session.checkout) {
            // The page of the session before would take money for nothing. If it cannot be closed now it closes by
            // itself, and money that still comes in goes back.
            if let Err(error) = cx.till.stripe.expire_checkout(&checkout.id).await {
                tracing::warn!(%error, "the page of the session before could not be closed");
            }
        }
        resume(cx, session).await.map(Created)
    }

    /// The stored answer names the session; whether it has its page yet is looked up, and made up for.
    async fn replay(cx: &Cx<'_, Checkout>, shopper: Shopper, stored: String) -> Result<String, Problem> {
        let Stored { id } = serde_json::from_str(&stored).map_err(|_| Problem::new(Code::Internal))?;
        let session = cx.till.store.payments().of(shopper.id, id).await?.ok_or(Code::Internal)?;
        Created(resume(cx, session).await?).body()
    }
}

fn read(input: &Input) -> Result<Vec<Seen>, Problem> {
    let mut errors = FieldErrors::default();
    if input.lines.len() > MAX_LINES {
        let detail = format!("must have at most {MAX_LINES} elements");
        errors.0.push(FieldError::new("/lines", "wrong_length", detail));
    }
    for (n, line) in input.lines.iter().enumerate() {
        if input.lines.iter().take(n).any(|before| before.sku == line.sku) {
            errors.0.push(FieldError::new(format!("/lines/{n}/sku"), "duplicate", "is named before"));
        }
    }
    if !errors.0.is_empty() {
        return Err(errors.into());
    }
    let seen = |line: &SeenLine| Seen { sku: line.sku, quantity: line.quantity, unit_price: line.unit_price };
    Ok(input.lines.iter().map(seen).collect())
}

/// One transaction exchanges the stock of the session before for that of the new one. When the two have too many SKUs
/// for that, the one before ends first, on its own.
async fn make_room(
    cx: &Cx<'_, Checkout>,
    parts: &[ShopPart],
    before: Option<PaymentSession>,
) -> Result<Option<PaymentSession>, Problem> {
    let Some(session) = before else { return Ok(None) };
    let both = parts.iter().chain(&session.parts).flat_map(|part| &part.lines).map(|line| line.sku);
    if both.collect::<BTreeSet<SkuId>>().len() <= MAX_SKUS {
        return Ok(Some(session));
    }
    if let Some(checkout) = &session.checkout {
        let ended = cx.till.stripe.expire_checkout(&checkout.id).await.map_err(|error| unavailable(&error))?;
        if matches!(ended, Expiry::AlreadyEnded(checkout) if checkout.status == CheckoutStatus::Complete) {
            // Paid a moment ago; its webhook is on its way and will change the cart.
            return Err(Code::PaymentNotOpen.into());
        }
    }
    let ended = cx.till.store.payments().expire(&session).await;
    ended.map_err(|error| Problem::from_write(error, |_| Code::PaymentNotOpen.into()))?;
    Ok(None)
}

/// Names every line that there is too little of. The transaction decides; this is only kinder, because it knows numbers.
fn enough(seen: &[Seen], found: &[(Product, Sku)], before: Option<&PaymentSession>) -> Result<(), Problem> {
    let held = |sku| {
        let lines = before.into_iter().flat_map(|session| &session.parts).flat_map(|part| &part.lines);
        lines.filter(|line| line.sku == sku).map(|line| line.quantity.get()).sum::<u32>()
    };
    let mut errors = FieldErrors::default();
    for (n, line) in seen.iter().enumerate() {
        let available = found.iter().find(|(_, sku)| sku.id == line.sku).map_or(0, |(_, sku)| sku.available.get());
        let left = available + held(line.sku);
        if left < line.quantity.get() {
            errors.0.push(FieldError::new(format!("/lines/{n}/quantity"), "sold_out", format!("{left} left")));
        }
    }
    if errors.0.is_empty() { Ok(()) } else { Err(Problem::refused(Code::SoldOut, errors)) }
}

/// The session with a page to pay on, which Stripe is asked for if there is none yet.
async fn resume(cx: &Cx<'_, Checkout>, session: PaymentSession) -> Result<SessionView, Problem> {
    if session.checkout.is_some() || session.state != PaymentState::Open {
        return Ok(session.into());
    }
    if session.held_until <= cx.now {
        return Err(Code::PaymentNotOpen.into());
    }
    let page =
        cx.till.stripe.create_checkout(&checkout_request(cx, &session)).await.map_err(|error| unavailable(&error))?;
    let checkout = payments::Checkout { id: page.id, url: page.url.ok_or(Code::Internal)? };
    cx.till.store.payments().attach_checkout(session.id, &checkout).await?;
    Ok(PaymentSession { checkout: Some(checkout), ..session }.into())
}

/// What Stripe is asked for. It depends on the session alone: the same key must always come with the same request.
fn checkout_request(cx: &Cx<'_, Checkout>, session: &PaymentSession) -> CheckoutRequest {
    let lines = session.parts.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line)));
    let line = |(part, line): (&ShopPart, &OrderLine)| CheckoutLine {
        name: line.title.to_string(),
        description: Some(match &line.options {
            Some(options) => format!("{options} - {}", part.shop_name),
            None => part.shop_name.to_string(),
        }),
        image_url: line.picture.as_ref().map(|path| cx.media.of(path)),
        unit_amount: line.unit_price.minor,
        quantity: line.quantity.get(),
    };
    let id = session.id.to_string();
    let closes_at: Timestamp = session.held_until - CLOSES_BEFORE_HOLD_ENDS;
    CheckoutRequest {
        idempotency_key: format!("checkout-{id}"),
        currency: session.total.currency.code().to_lowercase(),
        lines: lines.map(line).collect(),
        customer_email: Some(session.email.to_string()),
        success_url: format!("{}/checkout/{id}?paid={{CHECKOUT_SESSION_ID}}", cx.terms.storefront),
        cancel_url: format!("{}/cart", cx.terms.storefront),
        expires_at: closes_at.as_second(),
        metadata: BTreeMap::from([("payment_session".to_owned(), id.clone())]),
        transfer_group: Some(id.clone()),
        client_reference_id: id,
    }
}

fn refusal(rules: &[Rule], seen: &[Seen]) -> Problem {
    let sold_out = rules.iter().filter_map(|rule| match rule {
        Rule::SoldOut(sku) => seen.iter().position(|line| line.sku == *sku),
        _ => None,
    });
    let errors: Vec<FieldError> = sold_out
        .map(|n| FieldError::new(format!("/lines/{n}/quantity"), "sold_out", "somebody else was faster"))
        .collect();
    if !errors.is_empty() {
        return Problem::refused(Code::SoldOut, FieldErrors(errors));
    }
    match rules {
        rules if rules.contains(&Rule::KeyUsed) => Code::Unavailable.into(),
        rules if rules.contains(&Rule::CartChanged) => {
            Problem::new(Code::CartChanged).detail("the cart changed at this very moment")
        }
        _ => Code::Unavailable.into(),
    }
}
