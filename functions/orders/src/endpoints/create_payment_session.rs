//! `POST /v1/payment-sessions` - opens a payment session for the shopper's cart.
//!
//! 1. The cart is priced again, and every line and discount is compared with what the shopper saw.
//! 2. If the cart's open session has exactly these parts, it is the answer.
//! 3. Otherwise one transaction takes the stock and the uses of discounts, opens a session, replaces the previous
//!    session and stores the answer's key. A cart that is too large for one transaction takes two. If the second is
//!    refused, the stock of the first is released.
//! 4. Then Stripe creates a checkout page, under an idempotency key of the session. If this fails, or if the function
//!    stops here, a retry with the same `Idempotency-Key` continues at this step.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{PaymentSessionId, Quantity, ShopId, SkuId, discount::MAX_PER_CART, order::PaymentState};
use souk_payments::{CheckoutStatus, Expiry};
use souk_store::{WriteError, happened, retry_on_conflict};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Sku},
};
use souk_store_identity::IdentityExt as _;
use souk_store_sales::{
    SalesExt as _,
    carts::{Cart, MAX_LINES},
    payments::{PaymentSession, Rule},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{
    Answer, Body, Code, Created, Cx, Deserr, Endpoint, FieldError, FieldErrors, Idempotent, JsonSchema, Key, Limit,
    Problem, Route, Shopper, route,
};

use crate::{
    checkout_page::with_checkout_page,
    deps::{CheckoutDeps, unavailable},
    pricing::{CartPricing, SeenCart, SeenDiscount, SeenLine},
    view::PaymentSessionView,
};

/// Opens a payment session for the shopper's cart.
#[derive(Debug)]
pub struct CreatePaymentSession;

/// The cart as the shopper saw it. If it has changed, the answer names the differences and nothing is charged.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewPaymentSession {
    /// Every line of the cart, at most 100.
    #[schemars(length(max = 100))]
    lines: Vec<SeenLineInput>,
    /// Every discount that takes something off, at most 10.
    #[deserr(default)]
    #[schemars(default, length(max = 10))]
    discounts: Vec<SeenDiscountInput>,
}

/// The value that is stored under an `Idempotency-Key`. It names the session instead of the answer, because the answer
/// gets its checkout page later.
#[derive(Debug, Serialize, Deserialize)]
struct StoredAnswer {
    id: PaymentSessionId,
}

/// A line as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SeenLine")]
struct SeenLineInput {
    /// The id of the variant.
    sku: SkuId,
    /// The number of pieces.
    quantity: Quantity,
    /// The price of one piece, in minor units.
    unit_price: i64,
}

/// A discount as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SeenDiscount")]
struct SeenDiscountInput {
    /// The shop that gives it.
    shop: ShopId,
    /// The amount that it takes off, in minor units.
    amount: i64,
}

impl Endpoint for CreatePaymentSession {
    const ROUTE: Route = route!(POST "/v1/payment-sessions");
    const SUMMARY: &'static str = "Hold the cart's stock and get a checkout page to pay on";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const GUARDED: bool = true;
    const PROBLEMS: &'static [Code] = &[
        Code::CartEmpty,
        Code::CartChanged,
        Code::SoldOut,
        Code::DiscountRefused,
        Code::AmountTooSmall,
        Code::PaymentNotOpen,
    ];

    type Deps = CheckoutDeps;
    type Caller = Shopper;
    type Input = Body<NewPaymentSession>;
    type Output = Created<PaymentSessionView>;

    async fn handle(
        cx: &Cx<'_, CheckoutDeps>,
        shopper: Shopper,
        Body(input): Body<NewPaymentSession>,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        let seen = validate(&input)?;
        retry_on_conflict(|| async {
            let Some(session) = open_session(cx, &shopper, key, &seen).await? else { return Ok(None) };
            with_checkout_page(cx, session).await.map(Created).map(Some)
        })
        .await
    }

    /// Answers a retry. The stored answer names the session. A session that is not open yet is opened, and a missing
    /// checkout page is created.
    async fn replay(cx: &Cx<'_, CheckoutDeps>, shopper: Shopper, stored: String) -> Result<String, Problem> {
        let StoredAnswer { id } = serde_json::from_str(&stored).map_err(|_| Problem::new(Code::Internal))?;
        let own = async || cx.store.payments().of(shopper.id, id).await?.ok_or(Problem::new(Code::Internal));
        let mut session = own().await?;
        if session.state == PaymentState::Opening {
            session = match resume(cx, cx.required_key()?, session).await? {
                Some(session) => session,
                // Either the request that started to open the session was faster, or something is sold out and the key
                // is free again.
                None => Some(own().await?)
                    .filter(|session| session.state == PaymentState::Open)
                    .ok_or(Code::PaymentNotOpen)?,
            };
        }
        Created(with_checkout_page(cx, session).await?).body()
    }
}

/// Checks the lengths of the lists and refuses duplicates.
///
/// # Errors
/// `invalid_input` with one error for each mistake.
fn validate(input: &NewPaymentSession) -> Result<SeenCart, Problem> {
    let mut errors = FieldErrors::default();
    let mut add_error = |pointer: String, code, detail: String| errors.0.push(FieldError::new(pointer, code, detail));
    let lengths = [("/lines", input.lines.len(), MAX_LINES), ("/discounts", input.discounts.len(), MAX_PER_CART)];
    for (list, length, most) in lengths {
        if length > most {
            add_error(list.to_owned(), "wrong_length", format!("must have at most {most} elements"));
        }
    }
    let duplicate = || "must not occur duplicate".to_owned();
    for (n, line) in input.lines.iter().enumerate() {
        if input.lines.iter().take(n).any(|earlier| earlier.sku == line.sku) {
            add_error(format!("/lines/{n}/sku"), "duplicate", duplicate());
        }
    }
    for (n, discount) in input.discounts.iter().enumerate() {
        if input.discounts.iter().take(n).any(|earlier| earlier.shop == discount.shop) {
            add_error(format!("/discounts/{n}/shop"), "duplicate", duplicate());
        }
    }
    if !errors.0.is_empty() {
        return Err(errors.into());
    }
    let line = |line: &SeenLineInput| SeenLine { sku: line.sku, quantity: line.quantity, unit_price: line.unit_price };
    let discount = |discount: &SeenDiscountInput| SeenDiscount { shop: discount.shop, amount: discount.amount };
    Ok(SeenCart {
        lines: input.lines.iter().map(line).collect(),
        discounts: input.discounts.iter().map(discount).collect(),
    })
}

/// Returns the end of a hold that starts now.
fn held_until(cx: &Cx<'_, CheckoutDeps>) -> Timestamp {
    cx.now + cx.terms.hold
}

/// Returns a session for the cart as it is now. Returns `None` if something that the price depends on changed in the
/// meantime: the caller retries from the start.
async fn open_session(
    cx: &Cx<'_, CheckoutDeps>,
    shopper: &Shopper,
    key: &Key,
    seen: &SeenCart,
) -> Result<Option<PaymentSession>, Problem> {
    let store = &cx.store;
    let cart = store.carts().get(shopper.cart()).await?;
    let previous = match live_session(cx, &cart).await? {
        Some(session) if session.state != PaymentState::Open => match resume(cx, key, session).await? {
            Some(session) => Some(session),
            None => return Ok(None),
        },
        previous => previous,
    };
    let skus: Vec<SkuId> = cart.lines.keys().copied().collect();
    let for_sale = store.products().for_sale(&skus).await?;
    let discounts = store.discounts().requested(&cart.coupons, Some(shopper.id), previous.as_ref()).await?;
    let commissions = store.site().commissions(for_sale.iter().map(|(product, _)| &product.category)).await?;
    let pricing = CartPricing {
        cart: &cart,
        for_sale: &for_sale,
        discounts: &discounts,
        commissions: &commissions,
        terms: &cx.terms,
        now: cx.now,
    };
    let (total, parts) = pricing.price(seen)?;

    if let Some(session) = previous.as_ref().filter(|session| session.parts == parts && session.held_until > cx.now) {
        let answer = key.answer(&StoredAnswer { id: session.id }, cx.now)?;
        if !store.idempotency().remember(&answer).await? {
            // Another request with this key was faster, perhaps with another body. A retry gets the answer that it
            // stored.
            return Err(Code::Unavailable.into());
        }
        return Ok(previous);
    }
    check_stock(&seen.lines, &for_sale, previous.as_ref())?;

    let user = store.accounts().user(shopper.id).await?.ok_or(Code::NotSignedIn)?;
    let session = PaymentSession {
        id: cx.fresh(),
        user: user.id,
        buyer: user.name,
        email: user.email,
        cart: cart.id,
        state: PaymentState::Open,
        parts,
        total,
        not_held: BTreeSet::new(),
        held_until: held_until(cx),
        created_at: cx.now,
        checkout: None,
    };
    let previous = end_if_not_replaceable(cx, &session, previous).await?;
    let answer = key.answer(&StoredAnswer { id: session.id }, cx.now)?;
    let session = match store.payments().open(session, &cart, previous.as_ref(), &answer).await {
        Ok(session) => session,
        Err(WriteError::Refused(rules)) if rules.0.iter().all(|rule| matches!(rule, Rule::Discount(_))) => {
            return Ok(None);
        }
        Err(error) => return Err(Problem::from_write(error, |rules| refusal(rules, &seen.lines))),
    };
    if let Some(checkout) = previous.and_then(|session| session.checkout) {
        // The checkout page of the previous session must not take a payment any more. If it cannot be expired now, it
        // expires by itself, and a payment in between is refunded.
        if let Err(error) = cx.stripe.expire_checkout(&checkout.id).await {
            tracing::warn!(%error, "the checkout page of the previous session could not be expired");
        }
    }
    Ok(Some(session))
}

/// Resumes a session that another request left half-opened. Returns it once it is open, or `None` if it ended. A
/// session that was left half-closed is ended.
async fn resume(
    cx: &Cx<'_, CheckoutDeps>,
    key: &Key,
    session: PaymentSession,
) -> Result<Option<PaymentSession>, Problem> {
    let payments = cx.store.payments();
    if session.state == PaymentState::Closing {
        happened(payments.expire(&session, cx.now).await)?;
        return Ok(None);
    }
    let answer = key.answer(&StoredAnswer { id: session.id }, cx.now)?;
    match payments.finish_opening(session, held_until(cx), &answer).await {
        Ok(session) => Ok(Some(session)),
        Err(WriteError::Refused(_)) => Ok(None),
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// Returns the session of the cart, if it holds stock.
async fn live_session(cx: &Cx<'_, CheckoutDeps>, cart: &Cart) -> Result<Option<PaymentSession>, Problem> {
    let Some(id) = cart.payment_session else { return Ok(None) };
    Ok(cx.store.payments().get(id).await?.filter(PaymentSession::is_live))
}

/// Returns the previous session if one transaction can replace it with the new session. Otherwise the previous session
/// is too large for one transaction: it is ended first, on its own, and `None` is returned.
/// # Errors
/// `payment_not_open` if the previous session was paid in the meantime.
async fn end_if_not_replaceable(
    cx: &Cx<'_, CheckoutDeps>,
    session: &PaymentSession,
    previous: Option<PaymentSession>,
) -> Result<Option<PaymentSession>, Problem> {
    let Some(previous) = previous else { return Ok(None) };
    if session.can_replace(&previous) {
        return Ok(Some(previous));
    }
    if let Some(checkout) = &previous.checkout {
        let ended = cx.stripe.expire_checkout(&checkout.id).await.map_err(|error| unavailable(&error))?;
        if matches!(ended, Expiry::AlreadyEnded(checkout) if checkout.status == CheckoutStatus::Complete) {
            // The session was just paid. Its webhook event will change the cart.
            return Err(Code::PaymentNotOpen.into());
        }
    }
    expire(cx, &previous).await?;
    Ok(None)
}

/// Ends a session whose checkout page has expired, and releases its stock.
async fn expire(cx: &Cx<'_, CheckoutDeps>, session: &PaymentSession) -> Result<(), Problem> {
    let ended = cx.store.payments().expire(session, cx.now).await;
    ended.map_err(|error| Problem::from_write(error, |_| Code::PaymentNotOpen.into()))
}

/// Refuses lines with too little stock. The transaction checks the stock too and decides. This check comes first
/// because it can report every such line and how many pieces are left.
fn check_stock(
    seen: &[SeenLine],
    for_sale: &[(Product, Sku)],
    previous: Option<&PaymentSession>,
) -> Result<(), Problem> {
    let held = |sku| {
        let lines = previous.into_iter().flat_map(|session| &session.parts).flat_map(|part| &part.lines);
        lines.filter(|line| line.sku == sku).map(|line| line.quantity.get()).sum::<u32>()
    };
    let mut errors = FieldErrors::default();
    for (n, line) in seen.iter().enumerate() {
        let available = for_sale.iter().find(|(_, sku)| sku.id == line.sku).map_or(0, |(_, sku)| sku.available.get());
        let left = available + held(line.sku);
        if left < line.quantity.get() {
            errors.0.push(FieldError::new(format!("/lines/{n}/quantity"), "sold_out", format!("{left} left")));
        }
    }
    if errors.0.is_empty() { Ok(()) } else { Err(Problem::refused(Code::SoldOut, errors)) }
}

/// Returns the problem for the rules that the transaction broke.
fn refusal(rules: &[Rule], seen: &[SeenLine]) -> Problem {
    let sold_out = rules.iter().filter_map(|rule| match rule {
        Rule::SoldOut(sku) => seen.iter().position(|line| line.sku == *sku),
        _ => None,
    });
    let errors: Vec<FieldError> = sold_out
        .map(|n| FieldError::new(format!("/lines/{n}/quantity"), "sold_out", "another shopper bought the last pieces"))
        .collect();
    if !errors.is_empty() {
        return Problem::refused(Code::SoldOut, FieldErrors(errors));
    }
    match rules {
        rules if rules.contains(&Rule::KeyUsed) => Code::Unavailable.into(),
        rules if rules.contains(&Rule::CartChanged) => {
            Problem::new(Code::CartChanged).detail("the cart changed during this request")
        }
        _ => Code::Unavailable.into(),
    }
}
