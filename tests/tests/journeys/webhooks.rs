//! What the payment provider tells, and what somebody else says in its name.

use serde_json::json;
use souk_testkit::{Client, PaymentSession, Result, StripePage};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn a_forged_webhook_is_refused_and_nothing_is_stored() -> Result {
    let market = Market::open()?;
    let (_, shopper, session) = open_session(&market).await?;
    let mut checkout = market.stripe.checkout(&checkout_id(&market, &session).await?).await?;
    checkout["status"] = json!("complete");
    checkout["payment_status"] = json!("paid");
    let webhook = market.stripe.event("checkout.session.completed", &checkout)?;
    let event: serde_json::Value = serde_json::from_str(&webhook.payload)?;
    let anybody = market.anybody()?;
    let good = webhook.signature.clone();
    for signature in ["", "t=1,v1=00", &good.replace("v1=", "v1=0"), &good.replace("t=1", "t=2")] {
        let forged = anybody.ask("receive_stripe_event")?.header("stripe-signature", signature);
        let forged = forged.body("application/json", webhook.payload.clone()).send().await?;
        forged.refused_with("invalid_signature", 400)?;
    }
    let changed = anybody.ask("receive_stripe_event")?.header("stripe-signature", &good);
    let changed = changed.body("application/json", webhook.payload.replace("paid", "Paid")).send().await?;
    changed.refused_with("invalid_signature", 400)?;
    let key = keys::stripe_event(event["id"].as_str().expect("an id"));
    assert_eq!(market.cloud.item(&key).await?, None);
    assert_eq!(shopper.payment(&session.id).await?.state, "open");
    Ok(())
}

#[tokio::test]
async fn a_webhook_that_was_signed_long_ago_is_refused() -> Result {
    let market = Market::open()?;
    let payload = json!({ "id": "evt_old", "object": "event" }).to_string();
    let long_ago = jiff::Timestamp::now().as_second() - 301;
    let signature = souk_local_stripe::sign(&payload, &market.stack.stripe_webhook_secret, long_ago);
    let anybody = market.anybody()?;
    let sent = anybody.ask("receive_stripe_event")?.header("stripe-signature", &signature);
    sent.body("application/json", payload).send().await?.refused_with("invalid_signature", 400)?;
    Ok(())
}

#[tokio::test]
async fn a_replayed_webhook_is_taken_and_changes_nothing() -> Result {
    let market = Market::open()?;
    let (vendor, shopper, session) = open_session(&market).await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    let event = market.stripe.completed_event(&session.id).await?;
    let id = event["id"].as_str().expect("an id");
    let stored = market.cloud.item(&keys::stripe_event(id)).await?.expect("the stored event");
    let payload = stored["payload"].as_str().expect("the payload as it came").to_owned();
    let anybody = market.anybody()?;
    for _ in 0..3 {
        assert_eq!(market.stripe.signed(payload.clone()).send(&anybody).await?.status, 204);
    }
    assert_eq!(shopper.payment(&session.id).await?.order.as_deref(), Some(order.as_str()));
    assert_eq!(vendor.stock().await?, 2);
    let orders = shopper.ask("list_orders")?.send().await?.succeeded()?.body;
    assert_eq!(orders["items"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_signed_webhook_about_something_else_is_taken_and_forgotten() -> Result {
    let market = Market::open()?;
    let webhook = market.stripe.event("customer.created", &json!({ "id": "cus_1", "object": "customer" }))?;
    assert_eq!(webhook.send(&market.anybody()?).await?.status, 204);
    let event: serde_json::Value = serde_json::from_str(&webhook.payload)?;
    assert_eq!(market.cloud.item(&keys::stripe_event(event["id"].as_str().expect("an id"))).await?, None);
    Ok(())
}

async fn open_session(market: &Market) -> Result<(Vendor, Client, PaymentSession)> {
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    Ok((vendor, shopper, session))
}

async fn checkout_id(market: &Market, session: &PaymentSession) -> Result<String> {
    let item = market.cloud.item(&keys::payment_session(session.id.parse()?)).await?.expect("the session's item");
    Ok(item["checkout"]["id"].as_str().expect("a checkout").to_owned())
}
