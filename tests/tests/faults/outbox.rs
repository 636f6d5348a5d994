//! The table's stream sends records twice, out of order, broken, or not at all.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_store::keys::Key;
use souk_testkit::{Result, events::stream_batch};
use souk_tests::Market;

use crate::fixture::{await_mail_count, mail_count, no_failures, outbox_item};

/// Gives an item the id of an event from 1970, which the sweep considers old, and a key that the relay's filter does not
/// match, as if the stream had dropped the item. Returns the key.
fn drop_from_stream(item: &mut Value, millisecond: u64) -> Key {
    let id = format!("event_{:032x}", u128::from(millisecond) << 80 | u128::from(fastrand::u64(..)));
    let key = Key { pk: format!("DROPPED#{id}"), sk: "OUTBOX".to_owned() };
    for (name, value) in [("pk", key.pk.as_str()), ("id", &id), ("gsi1sk", &id)] {
        item[name] = json!(value);
    }
    key
}

async fn put_all(market: &Market, items: &[Value]) -> Result {
    let items: Result<Vec<_>> = items.iter().map(|item| Ok(serde_dynamo::to_item(item)?)).collect();
    market.cloud.put_all(items?).await
}

/// An outbox item of an event that mails the owner of an address: somebody else wants to register the address.
fn item(email: &str) -> Value {
    let id = format!("event_{:032x}", fastrand::u128(..));
    let event = json!({ "type": "code_requested", "email": email, "sealed_code": "for nobody" });
    outbox_item(&id, Timestamp::now(), &event)
}

#[tokio::test]
async fn a_repeated_stream_record_sends_one_mail() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let item = item(&account.email);
    let batch = stream_batch([&item, &item]);
    for _ in 0..2 {
        assert_eq!(market.call("relay-outbox", &batch).await?, no_failures());
    }
    await_mail_count(&market, &account, 1).await?;
    // The queue delivers a mail to another shopper after every repeated one, so nothing is left when it arrives.
    let (other, _) = market.shopper().await?;
    assert_eq!(market.call("relay-outbox", &stream_batch([&self::item(&other.email)])).await?, no_failures());
    await_mail_count(&market, &other, 1).await?;
    assert_eq!(mail_count(&market, &account).await?, 1);
    Ok(())
}

#[tokio::test]
async fn records_out_of_order_are_all_relayed() -> Result {
    let market = Market::open()?;
    let ((first, _), (second, _)) = (market.shopper().await?, market.shopper().await?);
    let items = [item(&first.email), item(&second.email)];
    assert_eq!(market.call("relay-outbox", &stream_batch([&items[1]])).await?, no_failures());
    assert_eq!(market.call("relay-outbox", &stream_batch([&items[0], &items[1]])).await?, no_failures());
    await_mail_count(&market, &first, 1).await?;
    await_mail_count(&market, &second, 1).await
}

#[tokio::test]
async fn a_record_that_cannot_be_relayed_stops_the_batch_after_the_records_before_it() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let mut broken = item("nobody@souk.example");
    broken["event"] = json!("{}");
    let (before, after) = (item(&account.email), item(&account.email));
    let answer = market.call("relay-outbox", &stream_batch([&before, &broken, &after])).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] }));
    await_mail_count(&market, &account, 1).await
}

#[tokio::test]
async fn an_outbox_item_is_deleted_after_it_was_relayed() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let item = item(&account.email);
    market.cloud.put(&item).await?;
    await_mail_count(&market, &account, 1).await?;
    let pk = item["pk"].as_str().expect("a key").to_owned();
    souk_testkit::await_until(souk_testkit::PATIENCE, "the relay to delete the outbox item", async || {
        Ok(market.cloud.partition(&pk).await?.is_empty().then_some(()))
    })
    .await
}

#[tokio::test]
async fn the_sweep_sends_what_the_stream_dropped() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let mut item = item(&account.email);
    let key = drop_from_stream(&mut item, 0);
    market.cloud.put(&item).await?;
    market.call("sweep-outbox", &json!({})).await?;
    await_mail_count(&market, &account, 1).await?;
    // A second sweep of the item sends no second mail.
    market.call("sweep-outbox", &json!({})).await?;
    market.cloud.set(&key, &[("gsi1pk", json!("SWEPT"))]).await?;
    let (other, _) = market.shopper().await?;
    assert_eq!(market.call("relay-outbox", &stream_batch([&self::item(&other.email)])).await?, no_failures());
    await_mail_count(&market, &other, 1).await?;
    assert_eq!(mail_count(&market, &account).await?, 1);
    Ok(())
}

#[tokio::test]
async fn the_sweep_sends_every_event_in_one_run_although_the_first_cannot_be_sent() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let of_no_import = json!({
        "type": "import_goes_on",
        "shop": format!("shop_{:032x}", fastrand::u128(..)),
        "job": format!("job_{:032x}", fastrand::u128(..)),
    });
    let event = |event: &Value| outbox_item("event", Timestamp::now(), event);
    let mut items = vec![event(&json!({}))];
    // More than one page of the list.
    items.extend((0..260).map(|_| event(&of_no_import)));
    items.push(item(&account.email));
    for (millisecond, item) in (1..).zip(&mut items) {
        drop_from_stream(item, millisecond);
    }
    put_all(&market, &items).await?;
    let swept = market.call("sweep-outbox", &json!({})).await;
    for item in &mut items {
        item["gsi1pk"] = json!("SWEPT");
    }
    put_all(&market, &items).await?;
    assert!(swept.is_err(), "the failure of the first is reported");
    await_mail_count(&market, &account, 1).await
}
