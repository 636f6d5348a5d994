//! Stripe's checkout page, on which a shopper pays a payment session.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use souk_domain::order::PaymentState;
use souk_payments::{CheckoutLine, CheckoutRequest};
use souk_store_sales::{
    SalesExt as _,
    orders::{OrderLine, ShopPart},
    payments::{self, PaymentSession},
};
use souk_web::{Code, Cx, Problem};

use crate::{
    deps::{CheckoutDeps, unavailable},
    view::PaymentSessionView,
};

/// How long before the end of the hold the page expires, so that nobody pays after the stock is released. Stripe
/// requires that a page stays open for at least 30 minutes.
const EXPIRES_BEFORE_HOLD: SignedDuration = SignedDuration::from_mins(3);

/// Returns the session with its checkout page. Creates the page at Stripe if there is none yet.
/// # Errors
/// `payment_not_open` if the hold ended.
pub(crate) async fn with_checkout_page(
    cx: &Cx<'_, CheckoutDeps>,
    session: PaymentSession,
) -> Result<PaymentSessionView, Problem> {
    if session.checkout.is_some() || session.state != PaymentState::Open {
        return Ok(session.into());
    }
    if session.held_until <= cx.now {
        return Err(Code::PaymentNotOpen.into());
    }
    let page = cx.stripe.create_checkout(&checkout_request(cx, &session)).await.map_err(|error| unavailable(&error))?;
    let checkout = payments::CheckoutPage { id: page.id, url: page.url.ok_or(Code::Internal)? };
    cx.store.payments().attach_checkout(session.id, &checkout).await?;
    Ok(PaymentSession { checkout: Some(checkout), ..session }.into())
}

/// Builds the request to Stripe. It depends only on the session, because Stripe refuses another request with the same
/// idempotency key.
fn checkout_request(cx: &Cx<'_, CheckoutDeps>, session: &PaymentSession) -> CheckoutRequest {
    let lines = session.parts.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line)));
    let id = session.id.to_string();
    let expires_at: Timestamp = session.held_until - EXPIRES_BEFORE_HOLD;
    CheckoutRequest {
        idempotency_key: format!("checkout-{id}"),
        currency: session.total.currency.code().to_lowercase(),
        lines: lines.map(|(part, line)| checkout_line(cx, part, line)).collect(),
        customer_email: Some(session.email.to_string()),
        success_url: format!("{}/checkout/{id}?paid={{CHECKOUT_SESSION_ID}}", cx.terms.storefront),
        cancel_url: format!("{}/cart", cx.terms.storefront),
        expires_at: expires_at.as_second(),
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
