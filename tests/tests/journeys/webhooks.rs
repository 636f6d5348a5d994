//! Webhooks of the payment provider, genuine and forged.

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
    let anonymous = market.anonymous()?;
    let valid = webhook.signature.clone();
    for signature in ["", "t=1,v1=00", &valid.replace("v1=", "v1=0"), &valid.replace("t=1", "t=2")] {
        let forged = anonymous.ask("receive_stripe_event")?.header("stripe-signature", signature);
        let forged = forged.body("application/json", webhook.payload.clone()).send().await?;
        forged.refused_with("invalid_signature", 400)?;
    }
    let changed = anonymous.ask("receive_stripe_event")?.header("stripe-signature", &valid);
    let changed = changed.body("application/json", webhook.payload.replace("paid", "Paid")).send().await?;
    changed.refused_with("invalid_signature", 400)?;
    let key = keys::stripe_event(event["id"].as_str().expect("an id"));
    assert_eq!(market.cloud.item(&key).await?, None);
    assert_eq!(shopper.payment(&session.id).await?.state, "open");
    Ok(())
}

#[tokio::test]
async fn a_webhook_with_an_old_signature_is_refused() -> Result {
    let market = Market::open()?;
    let payload = json!({ "id": "evt_old", "object": "event" }).to_string();
    let long_ago = jiff::Timestamp::now().as_second() - 301;
    let signature = souk_local_stripe::sign(&payload, &market.stack.stripe_webhook_secret, long_ago);
    let anonymous = market.anonymous()?;
    let sent = anonymous.ask("receive_stripe_event")?.header("stripe-signature", &signature);
    sent.body("application/json", payload).send().await?.refused_with("invalid_signature", 400)?;
    Ok(())
}

#[tokio::test]
async fn a_replayed_webhook_is_accepted_and_changes_nothing() -> Result {
    let market = Market::open()?;
    let (vendor, shopper, session) = open_session(&market).await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    let event = market.stripe.completed_event(&session.id).await?;
    let id = event["id"].as_str().expect("an id");
    let stored = market.cloud.item(&keys::stripe_event(id)).await?.expect("the stored event");
    let payload = stored["payload"].as_str().expect("the stored payload").to_owned();
    let anonymous = market.anonymous()?;
    for _ in 0..3 {
        assert_eq!(market.stripe.signed(payload.clone()).send(&anonymous).await?.status, 204);
    }
    assert_eq!(shopper.payment(&session.id).await?.order.as_deref(), Some(order.as_str()));
    assert_eq!(vendor.stock().await?, 2);
    let orders = shopper.ask("list_orders")?.send().await?.succeeded()?.body;
    assert_eq!(orders["items"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_webhook_of_another_type_is_accepted_and_not_stored() -> Result {
    let market = Market::open()?;
    let webhook = market.stripe.event("customer.created", &json!({ "id": "cus_1", "object": "customer" }))?;
    assert_eq!(webhook.send(&market.anonymous()?).await?.status, 204);
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
