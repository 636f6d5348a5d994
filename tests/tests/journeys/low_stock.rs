//! Low stock: told once for each time that it falls to the seller's threshold.

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
async fn who_sells_is_told_once_of_a_fall_however_often_the_stream_tells_of_it() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 8).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    shopper.open_payment().await?;
    // Five are left, and five is the threshold of who has set none.
    await_notices(&vendor.client, 1).await?;
    let letter = market.mailbox.await_letter(&vendor.account.email, "Low stock").await?;
    assert!(letter.body_text.contains("5 pieces left of Stoneware mug"), "{}", letter.body_text);

    let mut fallen = market.cloud.item(&key(&vendor)?).await?.expect("a SKU");
    fallen.as_object_mut().expect("an item").remove("low");
    let again = changes_batch([&fallen, &fallen, &fallen]);
    for _ in 0..3 {
        assert_eq!(market.call("watch-products", &again).await?, json!({ "batchItemFailures": [] }));
    }
    adjust(&vendor, -1, "damage").await?;
    adjust(&vendor, -4, "loss").await?;
    // Whatever came of that would be there before what comes after it: news of a refill and another fall.
    refill(&vendor).await?;
    adjust(&vendor, -20, "withdrawal").await?;
    await_notices(&vendor.client, 2).await?;
    let letters = market.mailbox.letters_to(&vendor.account.email).await?;
    assert!(letters.iter().filter(|letter| letter.subject.contains("Low stock")).count() <= 2);
    Ok(())
}

#[tokio::test]
async fn a_refill_and_another_fall_are_told_again() -> Result {
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
async fn the_threshold_is_the_sellers() -> Result {
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
async fn a_variant_that_begins_with_little_fell_to_nothing() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    assert_eq!(market.cloud.item(&key(&vendor)?).await?.expect("a SKU")["low"], true);
    adjust(&vendor, -1, "count").await?;
    // The stream tells of the next fall after it would have told of this one.
    refill(&vendor).await?;
    adjust(&vendor, -20, "count").await?;
    assert_eq!(await_notices(&vendor.client, 1).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn who_switched_it_off_is_told_in_neither_way() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 8).await?;
    let off = json!({ "kinds": [{ "kind": "low_stock", "mail": false, "in_app": false }] });
    vendor.client.ask("set_notification_settings")?.json(&off).send().await?.succeeded()?;
    adjust(&vendor, -5, "count").await?;
    await_until(PATIENCE, "the SKU to be marked", async || {
        Ok(market.cloud.item(&key(&vendor)?).await?.filter(|sku| sku["low"] == true))
    })
    .await?;
    // Both consumers, by hand: when they have answered, they have told whom they tell.
    let event = json!({ "type": "stock_low", "sku": vendor.sku()?.id });
    let id = format!("event_{:012x}7{:019x}", Timestamp::now().as_millisecond(), fastrand::u128(..) >> 52);
    let news = json!({ "id": id, "at": Timestamp::now(), "event": event }).to_string();
    for consumer in ["notify", "send-mail"] {
        let answer = market.call(consumer, &sqs_batch([news.as_str()])).await?;
        assert_eq!(answer, json!({ "batchItemFailures": [] }), "{consumer}");
    }
    assert!(notices(&vendor.client).await?.is_empty());
    let letters = market.mailbox.letters_to(&vendor.account.email).await?;
    assert!(letters.iter().all(|letter| !letter.subject.contains("Low stock")));
    Ok(())
}

/// Where the vendor's only variant is.
fn key(vendor: &Vendor) -> Result<Key> {
    Ok(keys::sku(SkuId::parse(&vendor.sku()?.id)?))
}

async fn adjust(vendor: &Vendor, delta: i64, reason: &str) -> Result {
    let change = json!({ "sku": vendor.sku()?.id, "delta": delta, "reason": reason });
    let request = vendor.client.ask("adjust_stock")?.path("product", &vendor.product.id);
    request.key(&format!("{:016x}", fastrand::u64(..))).json(&change).send().await?.succeeded().map(drop)
}

/// Brings twenty more, and waits until that was noticed.
async fn refill(vendor: &Vendor) -> Result {
    adjust(vendor, 20, "delivery").await?;
    await_until(PATIENCE, "the refill to be noticed", async || {
        let product = vendor.client.ask("get_own_product")?.path("product", &vendor.product.id).send().await?;
        Ok((product.succeeded()?.body["skus"][0]["low"] == false).then_some(()))
    })
    .await
}

/// What somebody was told of low stock.
async fn notices(client: &Client) -> Result<Vec<Value>> {
    let list = client.ask("list_notifications")?.query("limit", 100).send().await?.succeeded()?.body;
    let all = list["items"].as_array().expect("items").iter();
    Ok(all.filter(|entry| entry["kind"] == "low_stock").cloned().collect())
}

/// Waits until somebody was told of low stock so often, and insists on no more.
async fn await_notices(client: &Client, count: usize) -> Result<Vec<Value>> {
    let told = await_until(PATIENCE, &format!("{count} notices of low stock"), async || {
        Ok(Some(notices(client).await?).filter(|notices| notices.len() >= count))
    })
    .await?;
    assert_eq!(told.len(), count, "{told:?}");
    Ok(told)
}
