//! `POST /v1/payment-sessions` - the shopper wants to pay the cart.
//!
//! 1. The cart is priced anew and compared, line by line and discount by discount, with what the shopper saw.
//! 2. If the cart's open session is for exactly this, it is the answer.
//! 3. Otherwise one transaction takes the stock and the uses of discounts, opens a session, replaces the one before and
//!    stores the answer's key. A cart that is too large for one takes two; what the second is refused goes back.
//! 4. Only then is Stripe asked for a page to pay on, under a key of the session's own. If that fails, or the function
//!    dies here, asking again with the same `Idempotency-Key` comes back to this step.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{PaymentSessionId, Quantity, ShopId, SkuId, discount::MAX_PER_CART, order::PaymentState};
use souk_payments::{CheckoutStatus, Expiry};
use souk_store::{ATTEMPTS, WriteError, happened};
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
    deps::{CheckoutDeps, unavailable},
    page::with_page,
    pricing::{Sale, Seen, SeenDiscount, SeenLine},
    view::SessionView,
};

/// Opens a payment session.
#[derive(Debug)]
pub struct CreatePaymentSession;

/// The cart as the shopper saw it. What differs by now is named instead of charged.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewPaymentSession {
    /// Every line of the cart: at most 100.
    #[schemars(length(max = 100))]
    lines: Vec<InputLine>,
    /// Every discount that takes something off: at most 10.
    #[deserr(default)]
    #[schemars(default, length(max = 10))]
    discounts: Vec<InputDiscount>,
}

/// What an `Idempotency-Key` stands for: the session, not its answer, which gains a page a moment later.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    id: PaymentSessionId,
}

/// A line as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SeenLine")]
struct InputLine {
    /// What.
    sku: SkuId,
    /// How many.
    quantity: Quantity,
    /// What one costs, in minor units.
    unit_price: i64,
}

/// A discount as the shopper saw it.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "SeenDiscount")]
struct InputDiscount {
    /// The shop that gives it.
    shop: ShopId,
    /// What it takes off, in minor units.
    amount: i64,
}

impl Endpoint for CreatePaymentSession {
    const ROUTE: Route = route!(POST "/v1/payment-sessions");
    const SUMMARY: &'static str = "Hold the cart's stock and get a page to pay on";
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
    type Output = Created<SessionView>;

    async fn handle(
        cx: &Cx<'_, CheckoutDeps>,
        shopper: Shopper,
        Body(input): Body<NewPaymentSession>,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        let seen = read(&input)?;
        for _ in 0..ATTEMPTS {
            if let Some(session) = open(cx, &shopper, key, &seen).await? {
                return with_page(cx, session).await.map(Created);
            }
        }
        Err(Code::Unavailable.into())
    }

    /// The stored answer names the session; whether it is open and has its page yet is looked up, and made up for.
    async fn replay(cx: &Cx<'_, CheckoutDeps>, shopper: Shopper, stored: String) -> Result<String, Problem> {
        let Stored { id } = serde_json::from_str(&stored).map_err(|_| Problem::new(Code::Internal))?;
        let own = async || cx.store.payments().of(shopper.id, id).await?.ok_or(Problem::new(Code::Internal));
        let mut session = own().await?;
        if session.state == PaymentState::Opening {
            session = match steady(cx, cx.required_key()?, session).await? {
                Some(session) => session,
                // Whoever began to open it was faster; or there is no more of something, and the key is free again.
                None => Some(own().await?)
                    .filter(|session| session.state == PaymentState::Open)
                    .ok_or(Code::PaymentNotOpen)?,
            };
        }
        Created(with_page(cx, session).await?).body()
    }
}

fn read(input: &NewPaymentSession) -> Result<Seen, Problem> {
    let mut errors = FieldErrors::default();
    let mut wrong = |pointer: String, code, detail: String| errors.0.push(FieldError::new(pointer, code, detail));
    let lengths = [("/lines", input.lines.len(), MAX_LINES), ("/discounts", input.discounts.len(), MAX_PER_CART)];
    for (list, length, most) in lengths {
        if length > most {
            wrong(list.to_owned(), "wrong_length", format!("must have at most {most} elements"));
        }
    }
    let twice = || "is named before".to_owned();
    for (n, line) in input.lines.iter().enumerate() {
        if input.lines.iter().take(n).any(|before| before.sku == line.sku) {
            wrong(format!("/lines/{n}/sku"), "duplicate", twice());
        }
    }
    for (n, discount) in input.discounts.iter().enumerate() {
        if input.discounts.iter().take(n).any(|before| before.shop == discount.shop) {
            wrong(format!("/discounts/{n}/shop"), "duplicate", twice());
        }
    }
    if !errors.0.is_empty() {
        return Err(errors.into());
    }
    let line = |line: &InputLine| SeenLine { sku: line.sku, quantity: line.quantity, unit_price: line.unit_price };
    let discount = |discount: &InputDiscount| SeenDiscount { shop: discount.shop, amount: discount.amount };
    Ok(Seen {
        lines: input.lines.iter().map(line).collect(),
        discounts: input.discounts.iter().map(discount).collect(),
    })
}

fn held_until(cx: &Cx<'_, CheckoutDeps>) -> Timestamp {
    cx.now + cx.terms.hold
}

/// The session for the cart as it is; `None` when something that was weighed for it moved at this very moment, and all of
/// it is to be weighed anew.
async fn open(
    cx: &Cx<'_, CheckoutDeps>,
    shopper: &Shopper,
    key: &Key,
    seen: &Seen,
) -> Result<Option<PaymentSession>, Problem> {
    let store = &cx.store;
    let cart = store.carts().get(shopper.cart()).await?;
    let before = match held_by(cx, &cart).await? {
        Some(session) if session.state != PaymentState::Open => match steady(cx, key, session).await? {
            Some(session) => Some(session),
            None => return Ok(None),
        },
        before => before,
    };
    let wanted: Vec<SkuId> = cart.lines.keys().copied().collect();
    let found = store.products().for_sale(&wanted).await?;
    let asked = store.discounts().asked(&cart.coupons, Some(shopper.id), before.as_ref()).await?;
    let commissions = store.site().commissions(found.iter().map(|(product, _)| &product.category)).await?;
    let sale =
        Sale { cart: &cart, found: &found, asked: &asked, commissions: &commissions, terms: &cx.terms, now: cx.now };
    let (total, parts) = sale.price(seen)?;

    if let Some(session) = before.as_ref().filter(|session| session.parts == parts && session.held_until > cx.now) {
        let answer = key.answer(&Stored { id: session.id }, cx.now)?;
        if !store.idempotency().remember(&answer).await? {
            // Another request with this key was faster, perhaps for something else: what it stored is the answer.
            return Err(Code::Unavailable.into());
        }
        return Ok(before);
    }
    enough(&seen.lines, &found, before.as_ref())?;

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
    let before = make_room(cx, &session, before).await?;
    let answer = key.answer(&Stored { id: session.id }, cx.now)?;
    let session = match store.payments().open(session, &cart, before.as_ref(), &answer).await {
        Ok(session) => session,
        Err(WriteError::Refused(rules)) if rules.0.iter().all(|rule| matches!(rule, Rule::Discount(_))) => {
            return Ok(None);
        }
        Err(error) => return Err(Problem::from_write(error, |rules| refusal(rules, &seen.lines))),
    };
    if let Some(checkout) = before.and_then(|session| session.checkout) {
        // The page of the session before would take money for nothing. If it cannot be closed now it closes by itself,
        // and money that still comes in goes back.
        if let Err(error) = cx.stripe.expire_checkout(&checkout.id).await {
            tracing::warn!(%error, "the page of the session before could not be closed");
        }
    }
    Ok(Some(session))
}

/// A session that another request is opening, or died over, as it is once it is open; `None` when it ended instead, as
/// one that was closing does.
async fn steady(
    cx: &Cx<'_, CheckoutDeps>,
    key: &Key,
    session: PaymentSession,
) -> Result<Option<PaymentSession>, Problem> {
    let payments = cx.store.payments();
    if session.state == PaymentState::Closing {
        happened(payments.expire(&session, cx.now).await)?;
        return Ok(None);
    }
    let answer = key.answer(&Stored { id: session.id }, cx.now)?;
    match payments.finish_opening(session, held_until(cx), &answer).await {
        Ok(session) => Ok(Some(session)),
        Err(WriteError::Refused(_)) => Ok(None),
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// The cart's session, if it holds something.
async fn held_by(cx: &Cx<'_, CheckoutDeps>, cart: &Cart) -> Result<Option<PaymentSession>, Problem> {
    let Some(id) = cart.payment_session else { return Ok(None) };
    Ok(cx.store.payments().get(id).await?.filter(PaymentSession::is_live))
}

/// One transaction exchanges what the session before holds for what the new one is to hold. When that is too much for
/// one, the one before ends first, on its own.
async fn make_room(
    cx: &Cx<'_, CheckoutDeps>,
    session: &PaymentSession,
    before: Option<PaymentSession>,
) -> Result<Option<PaymentSession>, Problem> {
    let Some(before) = before else { return Ok(None) };
    if session.can_replace(&before) {
        return Ok(Some(before));
    }
    if let Some(checkout) = &before.checkout {
        let ended = cx.stripe.expire_checkout(&checkout.id).await.map_err(|error| unavailable(&error))?;
        if matches!(ended, Expiry::AlreadyEnded(checkout) if checkout.status == CheckoutStatus::Complete) {
            // Paid a moment ago; its webhook is on its way and will change the cart.
            return Err(Code::PaymentNotOpen.into());
        }
    }
    end(cx, &before).await?;
    Ok(None)
}

/// Ends a session whose page is closed, and gives back what it holds.
async fn end(cx: &Cx<'_, CheckoutDeps>, session: &PaymentSession) -> Result<(), Problem> {
    let ended = cx.store.payments().expire(session, cx.now).await;
    ended.map_err(|error| Problem::from_write(error, |_| Code::PaymentNotOpen.into()))
}

/// Names every line that there is too little of. The transaction decides; this is only kinder, because it knows numbers.
fn enough(seen: &[SeenLine], found: &[(Product, Sku)], before: Option<&PaymentSession>) -> Result<(), Problem> {
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

fn refusal(rules: &[Rule], seen: &[SeenLine]) -> Problem {
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
