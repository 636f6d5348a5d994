//! Cancellations, and the money that goes back for them.

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_testkit::{Answer, Client, Failed, NewDiscount, PATIENCE, Result, await_until};
use souk_tests::{Market, Vendor, keys};

/// Asks as the buyer to cancel pieces of an order.
pub(crate) async fn cancel(buyer: &Client, vendor: &Vendor, order: &str, key: &str, what: &Value) -> Result<Answer> {
    let request = buyer.ask("cancel_order")?.path("id", order).path("shop", &vendor.shop.id);
    request.key(key).json(what).send().await
}

/// Asks as the seller to cancel pieces of an order.
async fn cancel_at(vendor: &Vendor, order: &str, key: &str, what: &Value) -> Result<Answer> {
    vendor.client.ask("cancel_shop_order")?.path("id", order).key(key).json(what).send().await
}

/// Returns Stripe's id of the payment of an order.
pub(crate) async fn payment_of(market: &Market, order: &str) -> Result<String> {
    let item = market.cloud.item(&keys::order(order.parse()?)).await?;
    let payment = item.as_ref().and_then(|item| item["payment_intent"].as_str());
    Ok(payment.ok_or_else(|| Failed::new("an order without a payment"))?.to_owned())
}

/// Waits until every refund of an order has one of the final states, and returns the part of the only shop.
async fn await_settled(buyer: &Client, order: &str) -> Result<Value> {
    await_until(PATIENCE, "the refunds to be settled", async || {
        let part = buyer.ask("get_order")?.path("id", order).send().await?.succeeded()?.body["shops"][0].take();
        let cancellations = part["cancellations"].as_array().cloned().unwrap_or_default();
        Ok(cancellations.iter().all(|cancellation| cancellation["refund"]["state"] != "pending").then_some(part))
    })
    .await
}

#[tokio::test]
async fn what_is_cancelled_piece_by_piece_is_refunded_to_the_cent_and_returns_to_the_stock() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (account, buyer) = market.shopper_with_cart(&[&vendor], 3).await?;
    // 55.50 less 1.00: the total is not a multiple of three.
    vendor.client.create_discount(&NewDiscount::flat("ONEOFF", 100)).await?;
    buyer.apply_discount(&vendor.shop.id, "ONEOFF").await?;
    let order = buyer.buy().await?;
    let sku = vendor.sku()?.id.clone();
    assert_eq!(vendor.stock().await?, 2);
    let one = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });

    let first = cancel(&buyer, &vendor, &order, "first", &one).await?.succeeded()?;
    assert_eq!((first.status, &first.body["refund"]["amount"]["amount"]), (201, &json!(1_816)));
    let again = cancel(&buyer, &vendor, &order, "first", &one).await?.succeeded()?;
    assert_eq!(again.body, first.body, "the same key cancels nothing again");
    cancel(&buyer, &vendor, &order, "second", &one).await?.succeeded()?;
    // The seller packs the rest, and cannot send it.
    vendor.client.ask("pack_order")?.path("id", &order).send().await?.succeeded()?;
    cancel(&buyer, &vendor, &order, "late", &one).await?.refused_with("order_state", 409)?;
    let third = cancel_at(&vendor, &order, "third", &json!({})).await?.succeeded()?;
    assert_eq!(third.body["refund"]["amount"]["amount"], 1_817);
    cancel_at(&vendor, &order, "fourth", &json!({})).await?.refused_with("not_left", 409)?;

    let part = await_settled(&buyer, &order).await?;
    assert_eq!((&part["state"], part["cancellations"].as_array().map(Vec::len)), (&json!("cancelled"), Some(3)));
    let mut refunds = market.stripe.refunds(&payment_of(&market, &order).await?).await?;
    refunds.sort_unstable();
    assert_eq!((&refunds[..], refunds.iter().sum::<i64>()), (&[1_816, 1_817, 1_817][..], 5_450));
    assert_eq!(vendor.stock().await?, 5);

    // Who should know is told: the buyer three times, the seller of what the buyer cancelled.
    for (address, count) in [(&account.email, 3), (&vendor.account.email, 2)] {
        await_until(PATIENCE, "the mails about the cancellations", async || {
            let mails = market.mailbox.mails_to(address).await?;
            let about = mails.iter().filter(|mail| mail.subject.contains("cancelled"));
            Ok((about.count() == count).then_some(()))
        })
        .await?;
    }
    for (client, count) in [(&buyer, 3), (&vendor.client, 2)] {
        await_until(PATIENCE, "the notifications about the cancellations", async || {
            let list = client.ask("list_notifications")?.send().await?.succeeded()?.body;
            let about = |entry: &&Value| entry["kind"] == "order_cancelled";
            Ok((list["items"].as_array().into_iter().flatten().filter(about).count() == count).then_some(()))
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn parallel_cancellations_and_shipments_never_take_a_piece_twice() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let (_, buyer) = market.shopper_with_cart(&[&vendor], 4).await?;
    let order = buyer.buy().await?;
    let payment = payment_of(&market, &order).await?;
    let (sku, stock) = (vendor.sku()?.id.clone(), vendor.stock().await?);
    let one = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });
    let keys: Vec<String> = (0..4).map(|n| format!("key-{n}")).collect();
    let cancelling = try_join_all(keys.iter().map(|key| cancel_at(&vendor, &order, key, &one)));
    let shipping =
        try_join_all(keys.iter().map(async |key| {
            vendor.client.ask("create_shipment")?.path("id", &order).key(key).json(&one).send().await
        }));
    let (cancelled, shipped) = futures::future::try_join(cancelling, shipping).await?;
    let count = |answers: &[Answer]| answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(count(&cancelled) + count(&shipped), 4);
    await_settled(&buyer, &order).await?;
    let refunds = market.stripe.refunds(&payment).await?;
    assert_eq!(refunds, vec![1_850; count(&cancelled)]);
    let returned = u32::try_from(count(&cancelled)).unwrap_or_default();
    assert_eq!(vendor.stock().await?, stock + returned);
    Ok(())
}

#[tokio::test]
async fn nobody_cancels_anothers_order_and_a_wrong_cancellation_stores_nothing() -> Result {
    let market = Market::open()?;
    let (vendor, other_vendor) = (market.vendor(1_850, 5).await?, market.vendor(900, 5).await?);
    let (_, buyer) = market.shopper_with_cart(&[&vendor], 2).await?;
    let (_, other) = market.shopper().await?;
    let order = buyer.buy().await?;
    let all = json!({});
    cancel(&other, &vendor, &order, "key", &all).await?.refused_with("not_found", 404)?;
    cancel(&buyer, &other_vendor, &order, "key", &all).await?.refused_with("not_found", 404)?;
    cancel_at(&other_vendor, &order, "key", &all).await?.refused_with("not_found", 404)?;
    let too_many = json!({ "lines": [{ "sku": vendor.sku()?.id, "quantity": 3 }] });
    let refused = cancel(&buyer, &vendor, &order, "key", &too_many).await?.refused_with("not_left", 409)?;
    assert_eq!(refused.field_errors(), [("/lines/0/quantity".to_owned(), "too_many".to_owned())]);
    let foreign = json!({ "lines": [{ "sku": other_vendor.sku()?.id, "quantity": 1 }] });
    cancel(&buyer, &vendor, &order, "key", &foreign).await?.refused_with("invalid_input", 422)?;
    assert!(market.stripe.refunds(&payment_of(&market, &order).await?).await?.is_empty());
    assert_eq!(vendor.stock().await?, 3);
    Ok(())
}
