//! Low stock: the seller is notified each time the stock falls to the threshold.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::SkuId;
use souk_store::keys::Key;
use souk_testkit::{
    Client, PATIENCE, Result, await_until,
    events::{changes_batch, sqs_batch},
};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn repeated_stream_records_of_low_stock_notify_the_seller_once() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 8).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    shopper.open_payment().await?;
    // Five are left, and five is the default threshold.
    await_notices(&vendor.client, 1).await?;
    let mail = market.mailbox.await_mail(&vendor.account.email, "Low stock").await?;
    assert!(mail.body_text.contains("5 pieces left of Stoneware mug"), "{}", mail.body_text);

    let mut sku = market.cloud.item(&key(&vendor)?).await?.expect("a SKU");
    sku.as_object_mut().expect("an item").remove("low");
    let again = changes_batch([&sku, &sku, &sku]);
    for _ in 0..3 {
        assert_eq!(market.call("watch-products", &again).await?, json!({ "batchItemFailures": [] }));
    }
    adjust(&vendor, -1, "damage").await?;
    adjust(&vendor, -4, "loss").await?;
    // The stream is in order, so an effect of the repeated records would come before those of a refill and another
    // fall.
    refill(&vendor).await?;
    adjust(&vendor, -20, "withdrawal").await?;
    await_notices(&vendor.client, 2).await?;
    let mails = market.mailbox.mails_to(&vendor.account.email).await?;
    assert!(mails.iter().filter(|mail| mail.subject.contains("Low stock")).count() <= 2);
    Ok(())
}

#[tokio::test]
async fn low_stock_after_a_refill_notifies_the_seller_again() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 8).await?;
    for falls in 1..=3 {
        adjust(&vendor, -8, "withdrawal").await?;
        await_notices(&vendor.client, falls).await?;
        refill(&vendor).await?;
        adjust(&vendor, -12, "count").await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_seller_sets_the_threshold_of_low_stock() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 20).await?;
    vendor.client.ask("set_shop_settings")?.json(&json!({ "low_stock": 15 })).send().await?.succeeded()?;
    adjust(&vendor, -4, "count").await?;
    adjust(&vendor, -1, "count").await?;
    let notices = await_notices(&vendor.client, 1).await?;
    assert!(notices[0]["text"].as_str().expect("a text").contains("15 pieces"), "{notices:?}");
    assert!(notices[0]["link"].as_str().expect("a link").contains(&vendor.product.id));
    Ok(())
}

#[tokio::test]
async fn a_variant_that_starts_with_low_stock_sends_no_notification() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    assert_eq!(market.cloud.item(&key(&vendor)?).await?.expect("a SKU")["low"], true);
    adjust(&vendor, -1, "count").await?;
    // The stream is in order, so a notification of this fall would come before that of the next one.
    refill(&vendor).await?;
    adjust(&vendor, -20, "count").await?;
    assert_eq!(await_notices(&vendor.client, 1).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_seller_who_disabled_low_stock_gets_neither_mail_nor_notification() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 8).await?;
    let off = json!({ "kinds": [{ "kind": "low_stock", "mail": false, "in_app": false }] });
    vendor.client.ask("set_notification_settings")?.json(&off).send().await?.succeeded()?;
    adjust(&vendor, -5, "count").await?;
    await_until(PATIENCE, "the SKU to be marked", async || {
        Ok(market.cloud.item(&key(&vendor)?).await?.filter(|sku| sku["low"] == true))
    })
    .await?;
    // The consumers are called directly: once they have answered, everything is sent.
    let event = json!({ "type": "stock_low", "sku": vendor.sku()?.id });
    let id = format!("event_{:012x}7{:019x}", Timestamp::now().as_millisecond(), fastrand::u128(..) >> 52);
    let message = json!({ "id": id, "at": Timestamp::now(), "event": event }).to_string();
    for consumer in ["notify", "send-mail"] {
        let answer = market.call(consumer, &sqs_batch([message.as_str()])).await?;
        assert_eq!(answer, json!({ "batchItemFailures": [] }), "{consumer}");
    }
    assert!(notices(&vendor.client).await?.is_empty());
    let mails = market.mailbox.mails_to(&vendor.account.email).await?;
    assert!(mails.iter().all(|mail| !mail.subject.contains("Low stock")));
    Ok(())
}

/// Returns the key of the vendor's only SKU.
fn key(vendor: &Vendor) -> Result<Key> {
    Ok(keys::sku(SkuId::parse(&vendor.sku()?.id)?))
}

async fn adjust(vendor: &Vendor, delta: i64, reason: &str) -> Result {
    let change = json!({ "sku": vendor.sku()?.id, "delta": delta, "reason": reason });
    let request = vendor.client.ask("adjust_stock")?.path("product", &vendor.product.id);
    request.key(&format!("{:016x}", fastrand::u64(..))).json(&change).send().await?.succeeded().map(drop)
}

/// Adds twenty pieces and waits until the SKU is no longer marked as low.
async fn refill(vendor: &Vendor) -> Result {
    adjust(vendor, 20, "delivery").await?;
    await_until(PATIENCE, "the SKU not to be low", async || {
        let product = vendor.client.ask("get_own_product")?.path("product", &vendor.product.id).send().await?;
        Ok((product.succeeded()?.body["skus"][0]["low"] == false).then_some(()))
    })
    .await
}

/// Returns a seller's notifications about low stock.
async fn notices(client: &Client) -> Result<Vec<Value>> {
    let list = client.ask("list_notifications")?.query("limit", 100).send().await?.succeeded()?.body;
    let all = list["items"].as_array().expect("items").iter();
    Ok(all.filter(|entry| entry["kind"] == "low_stock").cloned().collect())
}

/// Waits until a seller has `count` notifications about low stock, and checks that there are no more.
async fn await_notices(client: &Client, count: usize) -> Result<Vec<Value>> {
    let received = await_until(PATIENCE, &format!("{count} notifications about low stock"), async || {
        Ok(Some(notices(client).await?).filter(|notices| notices.len() >= count))
    })
    .await?;
    assert_eq!(received.len(), count, "{received:?}");
    Ok(received)
}
