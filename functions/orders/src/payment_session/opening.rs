//! Opening a payment session: the cart is priced, its stock and discounts are taken, and a half-opened session is
//! resumed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use souk_domain::{PaymentSessionId, SkuId, order::PaymentState};
use souk_store::{WriteError, happened};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Sku},
};
use souk_store_identity::IdentityExt as _;
use souk_store_sales::{
    SalesExt as _,
    carts::Cart,
    payments::{PaymentSession, Rule},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Cx, FieldError, FieldErrors, Key, Problem, Shopper};

use super::{
    checkout_page::held_until,
    ending::{self, EndError, Ended},
    pricing::{CartPricing, SeenCart, SeenLine},
};
use crate::deps::{CheckoutDeps, unavailable};

/// The value that is stored under an `Idempotency-Key`. It names the session instead of the answer, because the answer
/// gets its checkout page later.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredAnswer {
    pub(crate) id: PaymentSessionId,
}

/// Returns a session for the cart as it is now. Returns `None` if something that the price depends on changed in the
/// meantime: the caller retries from the start.
pub(crate) async fn open(
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
        pages_given_up: 0,
        checkout: None,
    };
    // The page of the previous session is closed first, so that two pages of one cart are never open.
    let previous = match previous {
        Some(previous) => match close_page(cx, previous).await? {
            Some(previous) => Some(previous),
            None => return Ok(None),
        },
        None => None,
    };
    let previous = match previous {
        Some(previous) if !session.can_replace(&previous) => {
            end_previous(cx, &previous).await?;
            None
        }
        previous => previous,
    };
    let answer = key.answer(&StoredAnswer { id: session.id }, cx.now)?;
    let session = match store.payments().open(session, &cart, previous.as_ref(), &answer).await {
        Ok(session) => session,
        Err(WriteError::Refused(rules))
            if rules.0.iter().all(|rule| matches!(rule, Rule::Discount(_) | Rule::Moved)) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(Problem::from_write(error, |rules| refusal(rules, &seen.lines))),
    };
    Ok(Some(session))
}

/// Resumes a session that another request left half-opened. Returns it once it is open, or `None` if it ended. A
/// session that was left half-closed is ended.
pub(crate) async fn resume(
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

/// Closes the page of the previous session of the cart at Stripe. Returns the session without it, or `None` if the session
/// changed meanwhile.
///
/// # Errors
/// `payment_not_open` if the page was paid. Its webhook event will change the cart.
async fn close_page(cx: &Cx<'_, CheckoutDeps>, session: PaymentSession) -> Result<Option<PaymentSession>, Problem> {
    let Some(page) = &session.checkout else { return Ok(Some(session)) };
    match ending::expire_page(&cx.stripe, page).await {
        Ok(None) => Ok(cx.store.payments().give_up_page(&session, session.held_until).await?),
        Ok(Some(_)) => Err(paid_already()),
        Err(error) => Err(unavailable(&error)),
    }
}

/// Returns the problem for a cart whose previous session was paid.
fn paid_already() -> Problem {
    Problem::new(Code::PaymentNotOpen).detail("the cart was paid already, and its order will follow")
}

/// Ends the previous session of the cart on its own, because one transaction cannot replace it with the new session.
///
/// # Errors
/// `payment_not_open` if the previous session was paid in the meantime. Its webhook event will change the cart.
async fn end_previous(cx: &Cx<'_, CheckoutDeps>, previous: &PaymentSession) -> Result<(), Problem> {
    match ending::end(&cx.store, &cx.stripe, previous, cx.now).await {
        Ok(Ended::Unpaid) => Ok(()),
        Ok(Ended::Paid(_)) => Err(paid_already()),
        Err(EndError::Stripe(error)) => Err(unavailable(&error)),
        Err(EndError::Write(error)) => Err(Problem::from_write(error, |_| Code::PaymentNotOpen.into())),
    }
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
