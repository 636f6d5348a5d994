//! Stripe's checkout page, on which a shopper pays a payment session.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use souk_domain::order::PaymentState;
use souk_payments::{CheckoutLine, CheckoutRequest, GatewayError};
use souk_store::retry_on_conflict;
use souk_store_sales::{
    SalesExt as _,
    orders::{OrderLine, ShopPart},
    payments::{CheckoutPage, PaymentSession},
};
use souk_web::{Code, Cx, Problem};

use super::{ending, opening::StoredAnswer};
use crate::{
    deps::{CheckoutDeps, unavailable},
    view::PaymentSessionView,
};

/// How long before the end of the hold the page expires, so that nobody pays after the stock is released.
const EXPIRES_BEFORE_HOLD: SignedDuration = SignedDuration::from_mins(3);

/// How long a page must stay open at least when it is requested. Stripe requires 30 minutes when the request arrives:
/// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at>.
const SHORTEST: SignedDuration = SignedDuration::from_mins(31);

/// Returns when the page of a session expires.
pub(crate) fn page_expires_at(session: &PaymentSession) -> Timestamp {
    session.held_until - EXPIRES_BEFORE_HOLD
}

/// Returns the end of a hold that starts now.
pub(super) fn held_until(cx: &Cx<'_, CheckoutDeps>) -> Timestamp {
    cx.now + cx.terms.hold
}

/// Returns the session with its checkout page. Creates the page at Stripe if there is none yet. Returns a session that is
/// no longer open without a page.
pub(crate) async fn with_checkout_page(
    cx: &Cx<'_, CheckoutDeps>,
    session: PaymentSession,
) -> Result<PaymentSessionView, Problem> {
    let id = session.id;
    let mut known = Some(session);
    retry_on_conflict(|| {
        let known = known.take();
        async {
            let session = match known {
                Some(session) => session,
                None => cx.store.payments().get(id).await?.ok_or(Code::Internal)?,
            };
            if session.checkout.is_some() || session.state != PaymentState::Open {
                return Ok(Some(PaymentSessionView::of(session, &cx.media)));
            }
            create(cx, session).await
        }
    })
    .await
}

/// Creates the page of an open session. Returns `None` if the session changed meanwhile.
async fn create(cx: &Cx<'_, CheckoutDeps>, session: PaymentSession) -> Result<Option<PaymentSessionView>, Problem> {
    let payments = cx.store.payments();
    let session = if page_expires_at(&session) >= cx.now + SHORTEST {
        session
    } else {
        // Stripe did not answer when the session was opened, and refuses a page that expires so soon.
        let Some(session) = payments.give_up_page(&session, held_until(cx)).await? else { return Ok(None) };
        session
    };
    let page = match cx.stripe.create_checkout(&checkout_request(cx, &session)).await {
        Ok(page) => page,
        Err(error) => {
            if let GatewayError::Refused { .. } = error {
                // Stripe would refuse every retry, so the stock must not stay held.
                ending::release(&cx.store, &session, cx.now).await?;
                let answer = cx.required_key()?.answer(&StoredAnswer { id: session.id }, cx.now)?;
                cx.store.idempotency().forget(&answer).await?;
            }
            return Err(unavailable(&error));
        }
    };
    let page = CheckoutPage { id: page.id, url: page.url.ok_or(Code::Internal)? };
    if payments.attach_page(&session, &page).await? {
        return Ok(Some(PaymentSessionView::of(PaymentSession { checkout: Some(page), ..session }, &cx.media)));
    }
    let stored = payments.get(session.id).await?.and_then(|session| session.checkout);
    if stored.is_none_or(|stored| stored.id != page.id) {
        // The session ended meanwhile. Nobody has the address of this page, so nobody can pay it.
        if let Err(error) = cx.stripe.expire_checkout(&page.id).await {
            tracing::warn!(%error, "a checkout page that nobody knows could not be expired");
        }
    }
    Ok(None)
}

/// Builds the request to Stripe. It depends only on the session, because Stripe refuses another request with the same
/// idempotency key.
fn checkout_request(cx: &Cx<'_, CheckoutDeps>, session: &PaymentSession) -> CheckoutRequest {
    let lines = session.parts.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line)));
    let id = session.id.to_string();
    CheckoutRequest {
        idempotency_key: format!("checkout-{id}-{}", session.pages_given_up),
        currency: session.total.currency.code().to_lowercase(),
        lines: lines.map(|(part, line)| checkout_line(cx, part, line)).collect(),
        customer_email: Some(session.email.to_string()),
        success_url: format!("{}/checkout/{id}?paid={{CHECKOUT_SESSION_ID}}", cx.terms.storefront),
        cancel_url: format!("{}/cart", cx.terms.storefront),
        expires_at: page_expires_at(session).as_second(),
        metadata: BTreeMap::from([("payment_session".to_owned(), id.clone())]),
        transfer_group: Some(id.clone()),
        client_reference_id: id,
    }
}

/// Builds one line of the page. The total of a discounted line may not be divisible by its pieces, so the page shows
/// such a line as one article.
fn checkout_line(cx: &Cx<'_, CheckoutDeps>, part: &ShopPart, line: &OrderLine) -> CheckoutLine {
    let pieces = line.quantity.get();
    let (name, unit_amount, quantity) = match line.discount {
        Some(_) if pieces > 1 => (format!("{pieces} x {}", line.title), line.total.minor, 1),
        Some(_) => (line.title.to_string(), line.total.minor, 1),
        None => (line.title.to_string(), line.unit_price.minor, pieces),
    };
    let details = [line.options.as_deref(), Some(part.shop_name.as_str())].into_iter().flatten();
    let discount = part.discount.as_ref().filter(|_| line.discount.is_some()).map(|discount| discount.name.as_str());
    CheckoutLine {
        name,
        description: Some(details.chain(discount).collect::<Vec<_>>().join(" - ")),
        image_url: line.picture.as_ref().map(|path| cx.media.of(path)),
        unit_amount,
        quantity,
    }
}
