//! Opening a payment session: the cart is priced, its stock and discounts are taken, and a half-opened session is
//! resumed.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use souk_domain::{PaymentSessionId, SkuId, order::PaymentState};
use souk_store::{
    WriteError,
    limits::{Limit, Verdict},
};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Sku},
};
use souk_store_identity::IdentityExt as _;
use souk_store_sales::{
    SalesExt as _,
    carts::Cart,
    payments::{PaymentSession, Rule, UNPAID_HOLDS},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Cx, FieldError, FieldErrors, Key, Problem, Shopper};

use super::{
    checkout_page::held_until,
    destination::{self, GivenAddress},
    ending,
    pricing::{CartPricing, SeenCart, SeenLine},
};
use crate::deps::{CheckoutDeps, unavailable};

/// The value that is stored under an `Idempotency-Key`. It names the session instead of the answer, because the answer
/// gets its checkout page later.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredAnswer {
    pub(crate) id: PaymentSessionId,
}

/// How many holds a shopper may begin without paying: 3, and then one in 6 hours. A shopper over the limit can still buy,
/// but holds no more than half of what is left.
const UNPAID_HOLDS_LIMIT: Limit = Limit { burst: 3, every: SignedDuration::from_hours(6) };

/// What a shopper asks for.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The cart as the shopper saw it.
    pub(crate) seen: SeenCart,
    /// Where the parcels go. Absent: the shopper's default address.
    pub(crate) address: Option<GivenAddress>,
}

/// Returns a session for the cart as it is now. Returns `None` if something that the price depends on changed in the
/// meantime: the caller retries from the start.
pub(crate) async fn open(
    cx: &Cx<'_, CheckoutDeps>,
    shopper: &Shopper,
    key: &Key,
    wanted: &Wanted,
) -> Result<Option<PaymentSession>, Problem> {
    let carts = cx.store.carts();
    let cart = carts.get(shopper.cart()).await?;
    match open_for(cx, shopper, key, wanted, &cart).await {
        // What the cart seems to lack may be held by the session that a parallel request has opened for it.
        Err(problem)
            if matches!(problem.code(), Code::SoldOut | Code::DiscountRefused | Code::CartChanged)
                && carts.get(cart.id).await?.version != cart.version =>
        {
            Ok(None)
        }
        result => result,
    }
}

/// Does the same for the cart as it was read.
async fn open_for(
    cx: &Cx<'_, CheckoutDeps>,
    shopper: &Shopper,
    key: &Key,
    Wanted { seen, address }: &Wanted,
    cart: &Cart,
) -> Result<Option<PaymentSession>, Problem> {
    let store = &cx.store;
    if cart.lines.is_empty() {
        return Err(Code::CartEmpty.into());
    }
    let address = destination::find(store, shopper.id, address.as_ref()).await?;
    let previous = match live_session(cx, cart).await? {
        Some(session) if session.state != PaymentState::Open => match resume(cx, key, session).await? {
            Resumed::Open(session) => Some(*session),
            // If something is sold out, the next attempt finds out which lines.
            Resumed::SoldOut | Resumed::Ended => return Ok(None),
        },
        previous => previous,
    };
    let skus: Vec<SkuId> = cart.lines.keys().copied().collect();
    let for_sale = store.products().for_sale(&skus).await?;
    let discounts = store.discounts().requested(&cart.coupons, Some(shopper.id), previous.as_ref()).await?;
    let commissions = store.site().commissions(for_sale.iter().map(|(product, _)| &product.category)).await?;
    let shops = store.shops().terms_of(for_sale.iter().map(|(product, _)| product.shop)).await?;
    let pricing = CartPricing {
        cart,
        for_sale: &for_sale,
        discounts: &discounts,
        commissions: &commissions,
        country: &address.country,
        shops: &shops,
        terms: &cx.terms,
        now: cx.now,
    };
    let (total, parts) = pricing.price(seen)?;

    let is_wanted = |session: &&PaymentSession| session.sells(&parts, &address) && session.held_until > cx.now;
    if let Some(session) = previous.as_ref().filter(is_wanted) {
        let answer = key.answer(&StoredAnswer { id: session.id }, cx.now)?;
        if !store.idempotency().remember(&answer).await? {
            // Another request with this key was faster, perhaps with another body. A retry gets the answer that it
            // stored.
            return Err(Code::Unavailable.into());
        }
        return Ok(previous);
    }
    let stock = Stock { for_sale: &for_sale, previous: previous.as_ref() };
    stock.check(&seen.lines)?;
    // A cart that changes during the checkout continues its hold. Later, and without a previous session, it begins
    // another hold.
    let held_since = previous.as_ref().map(PaymentSession::held_since).filter(|since| cx.now < *since + cx.terms.hold);
    if held_since.is_none() {
        stock.check_unpaid_holds(cx, shopper, &seen.lines).await?;
    }

    let user = store.accounts().user(shopper.id).await?.ok_or(Code::NotSignedIn)?;
    let session = PaymentSession {
        id: cx.fresh(),
        user: user.id,
        buyer: user.name,
        email: user.email,
        address: Some(address),
        cart: cart.id,
        state: PaymentState::Open,
        parts,
        total,
        not_held: BTreeSet::new(),
        held_until: held_until(cx),
        created_at: cx.now,
        held_since,
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
        // One transaction cannot replace the previous session with this one.
        Some(previous) if !session.can_replace(&previous) => {
            match ending::end_for_shopper(&cx.store, &cx.stripe, &previous, cx.now).await? {
                Some(()) => None,
                None => return Ok(None),
            }
        }
        previous => previous,
    };
    let answer = key.answer(&StoredAnswer { id: session.id }, cx.now)?;
    let session = match store.payments().open(session, cart, previous.as_ref(), &answer).await {
        Ok(session) => session,
        // A cart that changed may only have got its session from a parallel request. The next attempt compares it again.
        Err(WriteError::Refused(rules))
            if rules.broke(&Rule::CartChanged)
                || rules.0.iter().all(|rule| matches!(rule, Rule::Discount(_) | Rule::Moved)) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(Problem::from_write(error, |rules| refusal(rules, &seen.lines))),
    };
    if held_since.is_none() {
        store.limits().pass(UNPAID_HOLDS, UNPAID_HOLDS_LIMIT, &shopper.id.to_string(), cx.now).await?;
    }
    Ok(Some(session))
}

/// What became of a session that another request left half-opened or half-closed.
pub(crate) enum Resumed {
    /// It is open.
    Open(Box<PaymentSession>),
    /// It ended, because there is too little stock for the rest of its lines. The key under which it was opened is free
    /// again.
    SoldOut,
    /// It ended, or another request changed it meanwhile.
    Ended,
}

/// Resumes a session that another request left half-opened. A session that was left half-closed is ended.
pub(crate) async fn resume(cx: &Cx<'_, CheckoutDeps>, key: &Key, session: PaymentSession) -> Result<Resumed, Problem> {
    if session.state == PaymentState::Closing {
        ending::release(&cx.store, &session, cx.now).await?;
        return Ok(Resumed::Ended);
    }
    let answer = key.answer(&StoredAnswer { id: session.id }, cx.now)?;
    match cx.store.payments().finish_opening(session, held_until(cx), &answer).await {
        Ok(session) => Ok(Resumed::Open(Box::new(session))),
        Err(WriteError::Refused(rules)) if rules.0.iter().any(|rule| matches!(rule, Rule::SoldOut(_))) => {
            Ok(Resumed::SoldOut)
        }
        Err(WriteError::Refused(_)) => Ok(Resumed::Ended),
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
        Ok(Some(_)) => Err(ending::paid_already()),
        Err(error) => Err(unavailable(&error)),
    }
}

/// What a shopper can buy: what is in stock, and what the previous session of the cart holds.
struct Stock<'a> {
    for_sale: &'a [(Product, Sku)],
    previous: Option<&'a PaymentSession>,
}

impl Stock<'_> {
    fn left(&self, sku: SkuId) -> u32 {
        let found = self.for_sale.iter().find(|(_, found)| found.id == sku);
        found.map_or(0, |(_, found)| found.available.get()) + self.previous.map_or(0, |session| session.held(sku))
    }

    /// Refuses lines with too little stock. The transaction checks the stock too and decides. This check comes first
    /// because it can report every such line and how many pieces are left.
    fn check(&self, seen: &[SeenLine]) -> Result<(), Problem> {
        let errors = self.lines_above(seen, |left| left, |left| ("sold_out", format!("{left} left")));
        if errors.0.is_empty() { Ok(()) } else { Err(Problem::refused(Code::SoldOut, errors)) }
    }

    /// Checks the shopper's limit on unpaid holds. A shopper over the limit may hold half of what is left of each variant,
    /// so that one account cannot hold all of a shop's stock for long without paying.
    async fn check_unpaid_holds(
        &self,
        cx: &Cx<'_, CheckoutDeps>,
        shopper: &Shopper,
        seen: &[SeenLine],
    ) -> Result<(), Problem> {
        let verdict =
            cx.store.limits().allows(UNPAID_HOLDS, UNPAID_HOLDS_LIMIT, &shopper.id.to_string(), cx.now).await?;
        let Verdict::Wait { until } = verdict else { return Ok(()) };
        let errors = self.lines_above(seen, |left| left / 2, |most| ("too_many", format!("at most {most} for now")));
        if errors.0.is_empty() {
            return Ok(());
        }
        let detail = format!("your last {} checkouts ended without a payment", UNPAID_HOLDS_LIMIT.burst);
        Err(Problem::refused(Code::UnpaidHolds, errors).detail(detail).retry_at(until, cx.now))
    }

    /// Returns an error for each line with more pieces than allowed, which depends on how many are left.
    fn lines_above(
        &self,
        seen: &[SeenLine],
        allowed: impl Fn(u32) -> u32,
        error: impl Fn(u32) -> (&'static str, String),
    ) -> FieldErrors {
        let errors = seen.iter().enumerate().filter_map(|(n, line)| {
            let most = allowed(self.left(line.sku));
            let (code, detail) = error(most);
            (line.quantity.get() > most).then(|| FieldError::new(format!("/lines/{n}/quantity"), code, detail))
        });
        FieldErrors(errors.collect())
    }
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
    Code::Unavailable.into()
}
