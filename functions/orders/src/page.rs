//! The page on which a session is paid.

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
    view::SessionView,
};

/// Stripe wants a page to be open for at least 30 minutes. It closes a little before the stock goes back.
const CLOSES_BEFORE_HOLD_ENDS: SignedDuration = SignedDuration::from_mins(3);

/// The session with a page to pay on, which Stripe is asked for if there is none yet.
pub(crate) async fn with_page(cx: &Cx<'_, CheckoutDeps>, session: PaymentSession) -> Result<SessionView, Problem> {
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

/// What Stripe is asked for. It depends on the session alone: the same key must always come with the same request.
fn checkout_request(cx: &Cx<'_, CheckoutDeps>, session: &PaymentSession) -> CheckoutRequest {
    let lines = session.parts.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line)));
    let id = session.id.to_string();
    let closes_at: Timestamp = session.held_until - CLOSES_BEFORE_HOLD_ENDS;
    CheckoutRequest {
        idempotency_key: format!("checkout-{id}"),
        currency: session.total.currency.code().to_lowercase(),
        lines: lines.map(|(part, line)| checkout_line(cx, part, line)).collect(),
        customer_email: Some(session.email.to_string()),
        success_url: format!("{}/checkout/{id}?paid={{CHECKOUT_SESSION_ID}}", cx.terms.storefront),
        cancel_url: format!("{}/cart", cx.terms.storefront),
        expires_at: closes_at.as_second(),
        metadata: BTreeMap::from([("payment_session".to_owned(), id.clone())]),
        transfer_group: Some(id.clone()),
        client_reference_id: id,
    }
}

/// What a discount leaves of a line need not be a whole price for each piece, so such pieces are one article.
fn checkout_line(cx: &Cx<'_, CheckoutDeps>, part: &ShopPart, line: &OrderLine) -> CheckoutLine {
    let pieces = line.quantity.get();
    let (name, unit_amount, quantity) = match line.discount {
        Some(_) if pieces > 1 => (format!("{pieces} x {}", line.title), line.total.minor, 1),
        Some(_) => (line.title.to_string(), line.total.minor, 1),
        None => (line.title.to_string(), line.unit_price.minor, pieces),
    };
    let told = [line.options.as_deref(), Some(part.shop_name.as_str())].into_iter().flatten();
    let discount = part.discount.as_ref().filter(|_| line.discount.is_some()).map(|discount| discount.name.as_str());
    CheckoutLine {
        name,
        description: Some(told.chain(discount).collect::<Vec<_>>().join(" - ")),
        image_url: line.picture.as_ref().map(|path| cx.media.of(path)),
        unit_amount,
        quantity,
    }
}
