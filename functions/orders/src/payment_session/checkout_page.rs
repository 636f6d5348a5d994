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
use souk_views::MediaUrl;
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

/// How many lines a page may have:
/// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items>.
const MAX_LINES: usize = 100;

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
    let id = session.id.to_string();
    CheckoutRequest {
        idempotency_key: format!("checkout-{id}-{}", session.pages_given_up),
        currency: session.total.currency.code().to_lowercase(),
        lines: checkout_lines(&cx.media, &session.parts),
        customer_email: Some(session.email.to_string()),
        success_url: format!("{}/checkout/{id}?paid={{CHECKOUT_SESSION_ID}}", cx.terms.storefront),
        cancel_url: format!("{}/cart", cx.terms.storefront),
        expires_at: page_expires_at(session).as_second(),
        metadata: BTreeMap::from([("payment_session".to_owned(), id.clone())]),
        transfer_group: Some(id.clone()),
        client_reference_id: id,
    }
}

/// Builds the lines of the page: those of every shop, and its shipping if that costs something. If they are too many for a
/// page, each shop is one line.
fn checkout_lines(media: &MediaUrl, parts: &[ShopPart]) -> Vec<CheckoutLine> {
    let count: usize = parts.iter().map(|part| part.lines.len() + usize::from(part.shipping.is_some())).sum();
    if count > MAX_LINES {
        return parts.iter().map(shop_line).collect();
    }
    let mut lines = Vec::with_capacity(count);
    for part in parts {
        lines.extend(part.lines.iter().map(|line| checkout_line(media, part, line)));
        lines.extend(shipping_line(part));
    }
    lines
}

/// Builds one line of the page. The total of a discounted line may not be divisible by its pieces, so the page shows
/// such a line as one article.
fn checkout_line(media: &MediaUrl, part: &ShopPart, line: &OrderLine) -> CheckoutLine {
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
        image_url: line.picture.as_ref().map(|path| media.of(path)),
        unit_amount,
        quantity,
    }
}

/// Builds the line for a shop's shipping, unless it is free.
fn shipping_line(part: &ShopPart) -> Option<CheckoutLine> {
    Some(CheckoutLine {
        name: "Shipping".to_owned(),
        description: Some(part.shop_name.to_string()),
        image_url: None,
        unit_amount: part.shipping?.minor,
        quantity: 1,
    })
}

/// Builds one line for everything from a shop.
fn shop_line(part: &ShopPart) -> CheckoutLine {
    let pieces: u32 = part.lines.iter().map(|line| line.quantity.get()).sum();
    let articles = if pieces == 1 { "1 article".to_owned() } else { format!("{pieces} articles") };
    let description = match part.shipping {
        Some(price) => format!("{articles} - with shipping for {price}"),
        None => articles,
    };
    CheckoutLine {
        name: part.shop_name.to_string(),
        description: Some(description),
        image_url: None,
        unit_amount: part.total.minor,
        quantity: 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_domain::{Currency, Id, Money, ProductId, Quantity, ShopId, ShopName, SkuId, Slug, Title};
    use uuid::Uuid;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    /// Returns what a shop sells: lines of this many pieces at EUR 10, the first of them with a discount.
    fn part(number: u128, pieces: &[u16], off: i64, shipping: i64) -> ShopPart {
        let line = |(n, &pieces): (usize, &u16)| {
            let off = if n == 0 { off } else { 0 };
            OrderLine {
                sku: SkuId { product: ProductId::from_uuid(Uuid::from_u128(number)), number: n as u16 },
                product_slug: Slug::parse("mug").unwrap(),
                title: Title::parse("Mug").unwrap(),
                options: None,
                picture: None,
                quantity: Quantity::parse(pieces.into()).unwrap(),
                unit_price: eur(1_000),
                discount: Some(eur(off)).filter(|off| off.minor != 0),
                total: eur(1_000 * i64::from(pieces) - off),
                commission: eur(0),
                tax_rate: None,
                tax: 0,
            }
        };
        let lines: Vec<OrderLine> = pieces.iter().enumerate().map(line).collect();
        let total = lines.iter().map(|line| line.total.minor).sum::<i64>() + shipping;
        ShopPart {
            shop: ShopId::from_uuid(Uuid::from_u128(number)),
            shop_name: ShopName::parse("Blue Kiln").unwrap(),
            lines,
            discount: None,
            shipping: Some(eur(shipping)).filter(|price| price.minor != 0),
            tax_rate: None,
            shipping_tax: 0,
            total: eur(total),
        }
    }

    #[test]
    fn shipping_is_a_line_of_its_own_for_every_shop_that_charges_it() {
        let media = MediaUrl::new("https://media.example");
        let lines = checkout_lines(&media, &[part(1, &[2, 1], 0, 490), part(2, &[1], 0, 0)]);
        let shown: Vec<_> = lines.iter().map(|line| (line.name.as_str(), line.unit_amount, line.quantity)).collect();
        assert_eq!(shown, [("Mug", 1_000, 2), ("Mug", 1_000, 1), ("Shipping", 490, 1), ("Mug", 1_000, 1)]);
        assert_eq!(lines[2].description.as_deref(), Some("Blue Kiln"));
    }

    #[test]
    fn a_page_with_too_many_lines_shows_one_for_each_shop() {
        let media = MediaUrl::new("https://media.example");
        let lines = checkout_lines(&media, &[part(1, &[1; 99], 0, 490), part(2, &[1], 0, 0)]);
        let shown: Vec<_> = lines.iter().map(|line| (line.description.as_deref(), line.unit_amount)).collect();
        assert_eq!(shown, [(Some("99 articles - with shipping for EUR 4.90"), 99_490), (Some("1 article"), 1_000)]);
        assert_eq!(checkout_lines(&media, &[part(1, &[1; 99], 0, 490)]).len(), 100);
    }

    proptest! {
        #[test]
        fn the_lines_of_a_page_sum_to_the_total_and_fit(
            shops in prop::collection::vec((prop::collection::vec(1u16..=999, 1..4), 0i64..=1_000, 0i64..=1_000), 1..33),
        ) {
            let parts: Vec<ShopPart> =
                shops.iter().zip(1..).map(|((pieces, off, shipping), n)| part(n, pieces, *off, *shipping)).collect();
            let lines = checkout_lines(&MediaUrl::new("https://media.example"), &parts);
            let sum: i64 = lines.iter().map(|line| line.unit_amount * i64::from(line.quantity)).sum();
            prop_assert_eq!(sum, parts.iter().map(|part| part.total.minor).sum::<i64>());
            prop_assert!((1..=MAX_LINES).contains(&lines.len()));
        }
    }
}
