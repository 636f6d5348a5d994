//! Events that `notify` receives twice, late and out of order.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{Email, Realm};
use souk_testkit::{
    Account, Client, Failed, PATIENCE, Result, await_until,
    events::{message_id, sqs_batch, stream_batch},
};
use souk_tests::{Market, keys};

use crate::fixture::{no_failures, outbox_item, sale};

#[tokio::test]
async fn repeated_and_reordered_events_make_one_notification_each() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let older = AccountEvent::at(&market, &account, 1).await?;
    let newer = AccountEvent::at(&market, &account, 2).await?;
    for batch in [[&newer, &older], [&newer, &newer], [&older, &newer]] {
        let items = batch.map(AccountEvent::item);
        assert_eq!(market.call("relay-outbox", &stream_batch(&items)).await?, no_failures());
    }
    await_list(&shopper, &[&newer, &older], 2).await?;
    let again = [newer.message(), older.message(), newer.message()];
    let batch = sqs_batch(again.iter().map(String::as_str));
    let answers = futures::future::try_join_all((0..5).map(|_| market.call("notify", &batch))).await?;
    assert!(answers.iter().all(|answer| *answer == no_failures()), "{answers:?}");
    // The queue delivers a later event after the older ones, so nothing is left in it when the later one is in the
    // list.
    let last = AccountEvent::at(&market, &account, 3).await?;
    assert_eq!(market.call("relay-outbox", &stream_batch([&last.item()])).await?, no_failures());
    await_list(&shopper, &[&last, &newer, &older], 3).await
}

#[tokio::test]
async fn a_late_event_is_unread_after_newer_ones_were_marked_read() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let late = AccountEvent::at(&market, &account, 1).await?;
    let newer = AccountEvent::at(&market, &account, 2).await?;
    assert_eq!(market.call("notify", &sqs_batch([newer.message().as_str()])).await?, no_failures());
    shopper.ask("mark_all_notifications_read")?.send().await?.succeeded()?;
    let both = [late.message(), newer.message()];
    assert_eq!(market.call("notify", &sqs_batch(both.iter().map(String::as_str))).await?, no_failures());
    let list = await_list(&shopper, &[&newer, &late], 1).await;
    let items = shopper.ask("list_notifications")?.send().await?.succeeded()?.body;
    assert_eq!((&items["items"][0]["read"], &items["items"][1]["read"]), (&json!(true), &json!(false)));
    list
}

#[tokio::test]
async fn a_repeated_sale_makes_one_notification_that_stays_read() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let seller = &sale.vendor.client;
    let first = await_until(PATIENCE, "the seller's notification", async || {
        let list = seller.ask("list_notifications")?.send().await?.succeeded()?.body;
        Ok(list["items"][0]["id"].as_str().map(str::to_owned))
    })
    .await?;
    seller.ask("mark_notification_read")?.path("notification", &first).send().await?.succeeded()?;
    assert_eq!(market.call("notify", &sqs_batch([sale.message.as_str(), sale.message.as_str()])).await?, no_failures());
    let list = seller.ask("list_notifications")?.send().await?.succeeded()?.body;
    assert_eq!((list["items"].as_array().map(Vec::len), &list["unread"]), (Some(1), &json!(0)), "{list}");
    assert_eq!(list["items"][0]["read"], true);
    sale.assert_unchanged(&market).await
}

#[tokio::test]
async fn only_the_broken_message_of_a_notification_batch_fails() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let good = AccountEvent::at(&market, &account, 1).await?;
    let answer = market.call("notify", &sqs_batch(["not a message", good.message().as_str()])).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(0) }] }));
    await_list(&shopper, &[&good], 1).await
}

#[tokio::test]
async fn a_repeated_alarm_notifies_admins_once_and_its_end_does_not() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    let name = format!("souk-test-{:016x}", fastrand::u64(..));
    let alarm = |state: &str| {
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3f%z").to_string();
        json!({
            "AlarmName": name, "AlarmDescription": "Nothing is wrong.", "NewStateValue": state, "StateChangeTime": at,
        })
        .to_string()
    };
    let (on, off) = (alarm("ALARM"), alarm("OK"));
    for batch in [[&on, &on], [&off, &on]] {
        assert_eq!(market.call("notify", &sqs_batch(batch.map(String::as_str))).await?, no_failures());
    }
    let list = admin.ask("list_notifications")?.query("limit", "100").send().await?.succeeded()?.body;
    let title = format!("Failure: {name}");
    let shown: Vec<_> = list["items"].as_array().into_iter().flatten().filter(|item| item["title"] == *title).collect();
    assert_eq!(shown.len(), 1, "{list}");
    assert_eq!((&shown[0]["kind"], &shown[0]["text"]), (&json!("failure"), &json!("Nothing is wrong.")));
    Ok(())
}

/// An event about an account.
struct AccountEvent {
    /// The event's UUID. The notification has the same one.
    uuid: String,
    at: Timestamp,
    event: Value,
}

impl AccountEvent {
    /// Creates the event that happened as the `n`th within this millisecond.
    async fn at(market: &Market, account: &Account, n: u8) -> Result<Self> {
        let login = market.cloud.item(&keys::login(Realm::Users, &Email::parse(&account.email)?)).await?;
        let login = login.ok_or_else(|| Failed::new("a shopper without a login"))?;
        let at = Timestamp::from_millisecond(Timestamp::now().as_millisecond())?;
        let uuid = format!("{:012x}7{n:03x}{:016x}", at.as_millisecond(), fastrand::u64(..));
        let notice = json!({ "kind": "password_changed" });
        let event = json!({ "type": "account_notice", "principal": login["principal"], "notice": notice });
        Ok(Self { uuid, at, event })
    }

    /// Returns the event's message in the queue.
    fn message(&self) -> String {
        json!({ "id": format!("event_{}", self.uuid), "at": self.at, "event": self.event }).to_string()
    }

    /// Returns the event's item in the outbox.
    fn item(&self) -> Value {
        outbox_item(&format!("event_{}", self.uuid), self.at, &self.event)
    }
}

/// Waits until a list has as many notifications as there are events. Checks that it has exactly those, the newest
/// first, and that `unread` of them are unread.
async fn await_list(client: &Client, events: &[&AccountEvent], unread: u64) -> Result {
    let list = await_until(PATIENCE, &format!("{} notifications", events.len()), async || {
        let list = client.ask("list_notifications")?.send().await?.succeeded()?.body;
        Ok((list["items"].as_array().map_or(0, Vec::len) >= events.len()).then_some(list))
    })
    .await?;
    let ids: Vec<&str> =
        list["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(ids, events.iter().map(|event| format!("note_{}", event.uuid)).collect::<Vec<_>>());
    assert_eq!(list["unread"], unread);
    Ok(())
}
