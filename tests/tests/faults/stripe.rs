//! Stripe does not answer, refuses, or reports what no longer counts.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use souk_testkit::{Answer, Failed, PaymentSession, Result, StripePage, events::sqs_batch};
use souk_tests::{Market, keys};

use crate::{fixture::no_failures, payments::message};

/// Returns the part of a mail address that its encoding in a form does not change.
fn local_part(email: &str) -> &str {
    email.split('@').next().unwrap_or_default()
}

/// Requires a server error, which the client reports as a failure.
fn assert_fails(answer: Result<Answer>, status: u16) {
    let failure = answer.err().map(|failure| failure.to_string()).unwrap_or_default();
    assert!(failure.contains(&format!("-> {status} in")), "{failure}");
}

async fn page_id(market: &Market, session: &PaymentSession) -> Result<String> {
    let item = market.cloud.item(&keys::payment_session(session.id.parse()?)).await?;
    let page = item.as_ref().and_then(|item| item["checkout"]["id"].as_str());
    Ok(page.ok_or_else(|| Failed::new("a payment session without a checkout page"))?.to_owned())
}

#[tokio::test]
async fn minutes_after_stripe_was_unreachable_the_same_key_and_a_new_one_give_a_page() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (buyer, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let seen = shopper.cart().await?.as_seen();
    market.stripe.fail(local_part(&buyer.email), 503).await?;
    assert_fails(shopper.try_to_pay(&seen, "down").await, 503);
    market.stripe.recover(local_part(&buyer.email)).await?;

    // Two minutes later a page until three minutes before the end of the hold would be too short for Stripe.
    let cart = shopper.ask("get_cart")?.send().await?.succeeded()?.body["id"].as_str().expect("an id").parse()?;
    let cart = market.cloud.item(&keys::cart(cart)).await?.expect("the cart");
    let id = cart["payment_session"].as_str().expect("a session").parse()?;
    let earlier = Timestamp::now() + SignedDuration::from_mins(32);
    let place = keys::among_holds(earlier, id);
    let moved = [("held_until", json!(earlier.as_millisecond())), ("gsi1sk", json!(place.at))];
    market.cloud.set(&keys::payment_session(id), &moved).await?;

    let same: PaymentSession = shopper.try_to_pay(&seen, "down").await?.read()?;
    let other: PaymentSession = shopper.try_to_pay(&seen, "again").await?.read()?;
    assert_eq!((same.id.as_str(), same.url.as_deref()), (other.id.as_str(), other.url.as_deref()));
    assert_eq!(vendor.stock().await?, 2);
    StripePage::open(Market::page(&same)?).await?.pay().await?;
    shopper.await_payment(&same.id, "paid").await?;
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_page_that_stripe_refuses_for_good_releases_the_stock_and_the_key() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (buyer, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let seen = shopper.cart().await?.as_seen();
    market.stripe.fail(local_part(&buyer.email), 400).await?;
    assert_fails(shopper.try_to_pay(&seen, "refused").await, 500);
    assert_eq!(vendor.stock().await?, 3);
    market.stripe.recover(local_part(&buyer.email)).await?;
    let session: PaymentSession = shopper.try_to_pay(&seen, "refused").await?.read()?;
    assert!(session.url.is_some());
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

#[tokio::test]
async fn no_second_page_is_opened_while_the_first_cannot_be_closed() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let first = shopper.open_payment().await?;
    let page = page_id(&market, &first).await?;
    shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    let seen = shopper.cart().await?.as_seen();
    market.stripe.fail(&page, 503).await?;
    assert_fails(shopper.try_to_pay(&seen, "second").await, 503);
    assert_eq!(shopper.payment(&first.id).await?.state, "open");
    assert_eq!(vendor.stock().await?, 3);
    market.stripe.recover(&page).await?;
    let second: PaymentSession = shopper.try_to_pay(&seen, "second").await?.read()?;
    assert_ne!(second.id, first.id);
    assert_eq!(shopper.payment(&first.id).await?.state, "superseded");
    assert_eq!(reqwest::get(Market::page(&first)?).await?.status(), 410, "the first page is closed");
    assert_eq!(vendor.stock().await?, 4);
    Ok(())
}

#[tokio::test]
async fn money_for_a_session_that_a_newer_one_replaced_is_refunded() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    let key = keys::payment_session(session.id.parse()?);
    market.cloud.set(&key, &[("state", json!("superseded")), ("gsi1pk", json!("LAPSED"))]).await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let refunded = shopper.await_payment(&session.id, "refunded").await?;
    assert_eq!(refunded.order, None);
    Ok(())
}

#[tokio::test]
async fn the_expiry_of_a_page_that_was_given_up_does_not_end_its_session() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    let mut checkout = market.stripe.checkout(&page_id(&market, &session).await?).await?;
    for (field, value) in [("id", "cs_test_given_up"), ("status", "expired")] {
        checkout[field] = json!(value);
    }
    let webhook = market.stripe.event("checkout.session.expired", &checkout)?;
    assert_eq!(webhook.send(&market.anonymous()?).await?.status, 204);
    let event: serde_json::Value = serde_json::from_str(&webhook.payload)?;
    let message = message(event["id"].as_str().expect("an id"));
    assert_eq!(market.call("apply-stripe-event", &sqs_batch([message.as_str()])).await?, no_failures());
    assert_eq!(shopper.payment(&session.id).await?.state, "open");
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}
