//! The table's stream, repeated and broken.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_store::keys::Key;
use souk_testkit::{Result, events::stream_batch};
use souk_tests::Market;

use crate::scene::{all_done, await_letters, letters, outbox_item};

/// An outbox item that asks for a letter to the owner of an address: somebody else wants to register it.
fn item(email: &str) -> Value {
    let id = format!("event_{:032x}", fastrand::u128(..));
    let event = json!({ "type": "code_requested", "email": email, "sealed_code": "for nobody" });
    outbox_item(&id, Timestamp::now(), &event)
}

#[tokio::test]
async fn a_stream_record_that_comes_again_leads_to_one_letter() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let item = item(&account.email);
    let batch = stream_batch([&item, &item]);
    for _ in 0..2 {
        assert_eq!(market.call("relay-outbox", &batch).await?, all_done());
    }
    await_letters(&market, &account, 1).await?;
    // Whatever came later than the first would be on its way now; a letter to somebody else passes it.
    let (other, _) = market.shopper().await?;
    assert_eq!(market.call("relay-outbox", &stream_batch([&self::item(&other.email)])).await?, all_done());
    await_letters(&market, &other, 1).await?;
    assert_eq!(letters(&market, &account).await?, 1);
    Ok(())
}

#[tokio::test]
async fn records_out_of_order_are_all_relayed() -> Result {
    let market = Market::open()?;
    let ((first, _), (second, _)) = (market.shopper().await?, market.shopper().await?);
    let items = [item(&first.email), item(&second.email)];
    assert_eq!(market.call("relay-outbox", &stream_batch([&items[1]])).await?, all_done());
    assert_eq!(market.call("relay-outbox", &stream_batch([&items[0], &items[1]])).await?, all_done());
    await_letters(&market, &first, 1).await?;
    await_letters(&market, &second, 1).await
}

#[tokio::test]
async fn the_stream_stops_at_a_record_that_cannot_be_relayed_and_what_came_before_is_done() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let mut broken = item("nobody@souk.example");
    broken["event"] = json!("{}");
    let (before, after) = (item(&account.email), item(&account.email));
    let answer = market.call("relay-outbox", &stream_batch([&before, &broken, &after])).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] }));
    await_letters(&market, &account, 1).await
}

#[tokio::test]
async fn an_event_that_is_written_to_the_table_leaves_it_when_the_queues_have_it() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    let item = item(&account.email);
    market.cloud.put(&item).await?;
    await_letters(&market, &account, 1).await?;
    let pk = item["pk"].as_str().expect("a key").to_owned();
    souk_testkit::await_until(souk_testkit::PATIENCE, "the outbox item to go", async || {
        Ok(market.cloud.partition(&pk).await?.is_empty().then_some(()))
    })
    .await
}

#[tokio::test]
async fn what_the_stream_dropped_is_swept_up() -> Result {
    let market = Market::open()?;
    let (account, _) = market.shopper().await?;
    // The relay's filter does not know this key, so it is as if the stream had dropped the item; its id is of 1970.
    let mut item = item(&account.email);
    let id = format!("event_{:032x}", u128::from(fastrand::u64(..)));
    let key = Key { pk: format!("DROPPED#{id}"), sk: "OUTBOX".to_owned() };
    for (name, value) in [("pk", key.pk.as_str()), ("id", &id), ("gsi1sk", &id)] {
        item[name] = json!(value);
    }
    market.cloud.put(&item).await?;
    market.call("sweep-outbox", &json!({})).await?;
    await_letters(&market, &account, 1).await?;
    // Swept up again, it leads to no second letter.
    market.call("sweep-outbox", &json!({})).await?;
    market.cloud.set(&key, &[("gsi1pk", json!("SWEPT"))]).await?;
    let (other, _) = market.shopper().await?;
    assert_eq!(market.call("relay-outbox", &stream_batch([&self::item(&other.email)])).await?, all_done());
    await_letters(&market, &other, 1).await?;
    assert_eq!(letters(&market, &account).await?, 1);
    Ok(())
}
