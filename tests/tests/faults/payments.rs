//! The payment provider's events, repeated and out of order.

use serde_json::json;
use souk_testkit::{Result, StripePage, events::sqs_batch};
use souk_tests::{Market, keys};

use crate::fixture::{no_failures, sale};

/// Returns the message about a stored event.
pub(crate) fn message(event: &str) -> String {
    let id = "event_0199dc34f00d7c44d7e58f9a0b1c2d34";
    json!({ "id": id, "at": "2026-10-09T13:18:41Z", "event": { "type": "stripe_event_received", "id": event } })
        .to_string()
}

#[tokio::test]
async fn a_repeated_payment_event_creates_one_order() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let event = market.stripe.completed_event(&sale.session.id).await?;
    let message_text = message(event["id"].as_str().expect("an id"));
    let batch = sqs_batch([message_text.as_str(), message_text.as_str()]);
    let answers = futures::future::try_join_all((0..5).map(|_| market.call("apply-stripe-event", &batch))).await?;
    assert!(answers.iter().all(|answer| *answer == no_failures()), "{answers:?}");
    sale.assert_unchanged(&market).await
}

#[tokio::test]
async fn a_message_that_is_processed_but_not_deleted_has_one_effect() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (buyer, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    // This worker applies the event, but its message is not deleted: the queue delivers it again.
    let event = market.stripe.completed_event(&session.id).await?;
    let id = event["id"].as_str().expect("an id").to_owned();
    let key = keys::stripe_event(&id);
    souk_testkit::await_until(souk_testkit::PATIENCE, "the event to be stored", async || market.cloud.item(&key).await)
        .await?;
    let message_text = message(&id);
    market.call("apply-stripe-event", &sqs_batch([message_text.as_str()])).await?;
    let order = shopper.await_order(&session.id).await?;
    market.mailbox.await_order_mail(&buyer.email, &order).await?;
    market.call("apply-stripe-event", &sqs_batch([message_text.as_str()])).await?;
    assert_eq!(vendor.stock().await?, 2);
    let orders = shopper.ask("list_orders")?.send().await?.succeeded()?.body;
    assert_eq!(orders["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(crate::fixture::mail_count(&market, &buyer).await?, 1);
    Ok(())
}

#[tokio::test]
async fn an_expiry_event_after_the_payment_changes_nothing() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let completed = market.stripe.completed_event(&sale.session.id).await?;
    let mut checkout = completed["data"]["object"].clone();
    checkout["status"] = json!("expired");
    checkout["payment_status"] = json!("unpaid");
    let webhook = market.stripe.event("checkout.session.expired", &checkout)?;
    assert_eq!(webhook.send(&market.anonymous()?).await?.status, 204);
    let event: serde_json::Value = serde_json::from_str(&webhook.payload)?;
    let message_text = message(event["id"].as_str().expect("an id"));
    assert_eq!(market.call("apply-stripe-event", &sqs_batch([message_text.as_str()])).await?, no_failures());
    sale.assert_unchanged(&market).await
}

#[tokio::test]
async fn a_payment_after_the_hold_expired_takes_the_stock_again_if_available() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    expire_hold(&market, &session.id, &vendor.product.skus[0].id, 3).await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    shopper.await_payment(&session.id, "paid").await?;
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_payment_after_the_hold_expired_is_refunded_if_sold_out() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (buyer, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    expire_hold(&market, &session.id, &vendor.product.skus[0].id, 0).await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let refunded = shopper.await_payment(&session.id, "refunded").await?;
    assert_eq!(refunded.order, None);
    assert_eq!(vendor.stock().await?, 0);
    let event = market.stripe.completed_event(&session.id).await?;
    let message_text = message(event["id"].as_str().expect("an id"));
    assert_eq!(market.call("apply-stripe-event", &sqs_batch([message_text.as_str()])).await?, no_failures());
    let orders = shopper.ask("list_orders")?.send().await?.succeeded()?.body;
    assert_eq!(orders["items"], json!([]));
    assert_eq!(crate::fixture::mail_count(&market, &buyer).await?, 0);
    Ok(())
}

#[tokio::test]
async fn only_the_unreadable_messages_of_a_payment_batch_fail() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let event = market.stripe.completed_event(&sale.session.id).await?;
    let good = message(event["id"].as_str().expect("an id"));
    let unknown = message("evt_nobody_stored_this");
    let batch = sqs_batch([good.as_str(), "{broken", good.as_str(), unknown.as_str()]);
    let answer = market.call("apply-stripe-event", &batch).await?;
    let failed = |place| json!({ "itemIdentifier": souk_testkit::events::message_id(place) });
    assert_eq!(answer, json!({ "batchItemFailures": [failed(1), failed(3)] }));
    sale.assert_unchanged(&market).await
}

/// Expires the hold of a session whose checkout page is still open, and sets the stock.
async fn expire_hold(market: &Market, session: &str, sku: &str, stock: u32) -> Result {
    let key = keys::payment_session(session.parse()?);
    market.cloud.set(&key, &[("state", json!("expired")), ("gsi1pk", json!("LAPSED"))]).await?;
    market.cloud.set(&keys::sku(sku.parse()?), &[("available", json!(stock))]).await
}
