//! Notifications: their recipients, the unread count, and the settings.

use futures::future::{try_join, try_join_all};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use souk_domain::{NotificationId, Principal, notification::day_of};
use souk_testkit::{Answer, Client, PATIENCE, Result, await_until, events::sqs_batch};
use souk_tests::{Market, keys};

use crate::tokens::claims_of;

/// A principal's list of notifications.
#[derive(Debug, Deserialize)]
struct NotificationList {
    items: Vec<Notification>,
    unread: usize,
}

#[derive(Debug, Deserialize)]
struct Notification {
    id: String,
    kind: String,
    link: String,
    read: bool,
}

#[tokio::test]
async fn a_sale_notifies_the_shopper_each_seller_and_the_admin_once() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    let vendors = [market.vendor(1_850, 5).await?, market.vendor(12_900, 5).await?];
    let (_, shopper) = market.shopper_with_cart(&[&vendors[0], &vendors[1]], 2).await?;
    let order = shopper.buy().await?;
    for (client, kind) in [
        (&shopper, "order_confirmed"),
        (&vendors[0].client, "new_order"),
        (&vendors[1].client, "new_order"),
        (&admin, "new_order"),
    ] {
        let list = await_notification(client, &order).await?;
        let about: Vec<&Notification> = list.items.iter().filter(|entry| entry.link.contains(&order)).collect();
        assert_eq!(about.len(), 1, "{list:?}");
        assert_eq!((about[0].kind.as_str(), about[0].read), (kind, false));
    }
    for client in [&shopper, &vendors[0].client, &vendors[1].client] {
        let list = list(client).await?;
        assert_eq!((list.items.len(), list.unread), (1, 1), "{list:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_notification_is_pushed_to_open_sockets() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let (buying, selling) = (shopper.open_socket().await?, vendor.client.open_socket().await?);
    let order = shopper.buy().await?;
    for (mut socket, client, kind) in [(buying, &shopper, "order_confirmed"), (selling, &vendor.client, "new_order")] {
        let frame = socket.await_frame("notification", PATIENCE).await?;
        assert_eq!((&frame["data"]["kind"], &frame["data"]["read"]), (&json!(kind), &json!(false)));
        let list = await_notification(client, &order).await?;
        assert_eq!(frame["data"]["id"], list.items[0].id.as_str());
    }
    Ok(())
}

#[tokio::test]
async fn admins_are_notified_of_a_new_seller() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    let (_, seller) = market.seller().await?;
    let id = principal_of(&seller)?.to_string();
    let list = await_notification(&admin, &id).await?;
    let about = list.items.iter().find(|entry| entry.link.contains(&id)).expect("the notification was awaited");
    assert_eq!(about.kind, "new_seller");
    assert!(self::list(&seller).await?.items.is_empty(), "the seller gets no notification");
    Ok(())
}

#[tokio::test]
async fn a_sign_in_from_an_unknown_device_notifies_the_shopper() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let elsewhere = market.anonymous()?;
    let credentials = json!({ "email": account.email, "password": account.password });
    let request = elsewhere.ask("login_user")?.header("user-agent", "Elsewhere/1.0").json(&credentials);
    request.send().await?.succeeded()?;
    let list = await_notification(&shopper, "/security").await?;
    assert_eq!((list.items[0].kind.as_str(), list.unread), ("security", 1));
    Ok(())
}

#[tokio::test]
async fn the_unread_count_changes_with_the_marks() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    notify(&market, &shopper, 3).await?;
    let all = list(&shopper).await?;
    assert_eq!((all.items.len(), all.unread), (3, 3));
    for _ in 0..2 {
        assert_eq!(mark(&shopper, &all.items[1].id).await?, 204);
        let list = list(&shopper).await?;
        assert_eq!((read_flags(&list), list.unread), (vec![false, true, false], 2));
    }
    for _ in 0..2 {
        assert_eq!(mark_all(&shopper).await?, 204);
        let list = list(&shopper).await?;
        assert_eq!((read_flags(&list), list.unread), (vec![true; 3], 0));
    }
    assert_eq!(mark(&shopper, &all.items[0].id).await?, 204);
    notify(&market, &shopper, 1).await?;
    let list = list(&shopper).await?;
    assert_eq!((read_flags(&list), list.unread), (vec![false, true, true, true], 1));
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_marks_of_one_notification_count_once() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    notify(&market, &shopper, 2).await?;
    let newest = list(&shopper).await?.items.swap_remove(0).id;
    let answers = try_join_all((0..200).map(|_| mark(&shopper, &newest))).await?;
    assert!(answers.iter().all(|status| *status == 204), "{answers:?}");
    let list = list(&shopper).await?;
    assert_eq!((read_flags(&list), list.unread), (vec![true, false], 1));
    Ok(())
}

#[tokio::test]
async fn a_notification_that_arrives_during_a_mark_all_is_marked_or_counted() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    notify(&market, &shopper, 1).await?;
    let arrivals = try_join_all((0..16).map(|_| notify(&market, &shopper, 1)));
    let marks = try_join_all((0..16).map(|_| mark_all(&shopper)));
    try_join(arrivals, marks).await?;
    let after = list(&shopper).await?;
    assert_eq!(after.items.len(), 17);
    assert_eq!(after.items.iter().filter(|entry| !entry.read).count(), after.unread, "{after:?}");
    mark_all(&shopper).await?;
    assert_eq!(list(&shopper).await?.unread, 0);
    Ok(())
}

#[tokio::test]
async fn another_principals_notification_cannot_be_marked() -> Result {
    let market = Market::open()?;
    let ((_, shopper), (_, seller)) = (market.shopper().await?, market.seller().await?);
    notify(&market, &seller, 1).await?;
    let foreign = list(&seller).await?.items.swap_remove(0).id;
    for id in [foreign.as_str(), &format!("note_{:032x}", fastrand::u128(..)), "nonsense"] {
        let answer = shopper.ask("mark_notification_read")?.path("notification", id).send().await?;
        answer.refused_with("not_found", 404)?;
    }
    assert_eq!(mark_all(&shopper).await?, 204, "an empty list can be marked as read");
    assert_eq!(list(&seller).await?.unread, 1);
    Ok(())
}

#[tokio::test]
async fn paging_shows_every_notification_once_with_the_newest_first() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    notify(&market, &shopper, 3).await?;
    let expected: Vec<String> = list(&shopper).await?.items.into_iter().map(|entry| entry.id).collect();
    assert!(expected.is_sorted_by(|newer, older| newer > older), "{expected:?}");
    let mut listed = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let request = shopper.ask("list_notifications")?.query("limit", 2);
        let request = if let Some(cursor) = &cursor { request.query("cursor", cursor) } else { request };
        let page = request.send().await?.succeeded()?.body;
        assert_eq!(page["unread"], 3, "every page has the count of the whole list");
        let ids = page["items"].as_array().expect("items").iter().filter_map(|entry| entry["id"].as_str());
        listed.extend(ids.map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(listed, expected);
    Ok(())
}

#[tokio::test]
async fn notifications_older_than_ninety_days_are_neither_listed_nor_counted() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    notify(&market, &shopper, 1).await?;
    let (owner, id) = (principal_of(&shopper)?, list(&shopper).await?.items.swap_remove(0).id);
    let (now, inbox) = (Timestamp::now(), keys::inbox(owner));
    let long_ago = now - SignedDuration::from_hours(24 * 91);
    let old = keys::notification(owner, NotificationId::parse(&id)?);
    market.cloud.set(&old, &[("at", json!(long_ago.as_millisecond()))]).await?;
    market.cloud.set(&inbox, &[("unread", json!({ day_of(long_ago).to_string(): 1 }))]).await?;
    let empty = list(&shopper).await?;
    assert_eq!((empty.items.len(), empty.unread), (0, 0));
    let expired = shopper.ask("mark_notification_read")?.path("notification", &id).send().await?;
    expired.refused_with("not_found", 404)?;
    notify(&market, &shopper, 1).await?;
    let list = list(&shopper).await?;
    assert_eq!((list.items.len(), list.unread), (1, 1));
    let days = market.cloud.item(&inbox).await?.expect("an inbox")["unread"].clone();
    assert_eq!(days.as_object().map(serde_json::Map::len), Some(1), "the count no longer has the old day: {days}");
    Ok(())
}

#[tokio::test]
async fn a_disabled_kind_sends_neither_notification_nor_mail() -> Result {
    let market = Market::open()?;
    let [muted, unmailed] = [market.vendor(100, 5).await?, market.vendor(200, 5).await?];
    let (buyer, shopper) = market.shopper_with_cart(&[&muted, &unmailed], 1).await?;
    choose(&muted.client, json!([{ "kind": "new_order", "mail": false, "in_app": false }])).await?.succeeded()?;
    choose(&unmailed.client, json!([{ "kind": "new_order", "mail": false }])).await?.succeeded()?;
    let order = shopper.buy().await?;
    // The consumers are called directly: once they have answered, everything is sent.
    let messages = message(&json!({ "type": "order_placed", "order": order }));
    for consumer in ["notify", "send-mail"] {
        let answer = market.call(consumer, &sqs_batch([messages.as_str()])).await?;
        assert_eq!(answer, json!({ "batchItemFailures": [] }), "{consumer}");
    }
    let about = |list: NotificationList| list.items.iter().filter(|entry| entry.link.contains(&order)).count();
    assert_eq!(about(list(&muted.client).await?), 0);
    assert!(about(list(&unmailed.client).await?) > 0);
    assert!(about(list(&shopper).await?) > 0);
    market.mailbox.await_order_mail(&buyer.email, &order).await?;
    for vendor in [&muted, &unmailed] {
        let mails = market.mailbox.mails_to(&vendor.account.email).await?;
        assert!(mails.iter().all(|mail| !mail.subject.contains(&order)), "{}", vendor.account.email);
    }
    Ok(())
}

#[tokio::test]
async fn every_kind_is_enabled_unless_the_settings_disable_it() -> Result {
    let market = Market::open()?;
    let ((_, shopper), (_, seller), (_, admin)) =
        (market.shopper().await?, market.seller().await?, market.admin().await?);
    let both = |kind: &str| json!({ "kind": kind, "mail": true, "in_app": true });
    let in_app = |kind: &str| json!({ "kind": kind, "in_app": true });
    for (client, kinds) in [
        (&shopper, vec![both("order_confirmed"), both("order_progress"), both("order_cancelled"), both("security")]),
        (&seller, vec![both("order_cancelled"), both("new_order"), both("low_stock"), both("security")]),
        (&admin, vec![in_app("new_order"), in_app("new_seller"), in_app("failure"), both("security")]),
    ] {
        let settings = client.ask("get_notification_settings")?.send().await?.succeeded()?.body;
        assert_eq!(settings, json!({ "kinds": kinds }));
        // The answer is a valid request.
        assert_eq!(choose(client, settings["kinds"].clone()).await?.succeeded()?.body, settings);
    }
    let off = json!({ "kind": "order_confirmed", "mail": false, "in_app": false });
    let chosen = choose(&shopper, json!([off])).await?.succeeded()?.body;
    let about_orders = [both("order_progress"), both("order_cancelled")];
    assert_eq!(chosen, json!({ "kinds": [&off, &about_orders[0], &about_orders[1], &both("security")] }));
    assert_eq!(shopper.ask("get_notification_settings")?.send().await?.succeeded()?.body, chosen);
    let chosen = choose(&shopper, json!([{ "kind": "security", "in_app": false }])).await?.succeeded()?.body;
    let security = json!({ "kind": "security", "mail": true, "in_app": false });
    assert_eq!(chosen, json!({ "kinds": [&both("order_confirmed"), &about_orders[0], &about_orders[1], &security] }));
    Ok(())
}

#[tokio::test]
async fn invalid_notification_settings_are_refused_with_all_errors() -> Result {
    let market = Market::open()?;
    let ((_, shopper), (_, admin)) = (market.shopper().await?, market.admin().await?);
    let settings = json!([
        { "kind": "new_seller" },
        { "kind": "security", "mail": false },
        { "kind": "order_confirmed", "mail": false },
        { "kind": "order_confirmed" },
    ]);
    let refusal = choose(&shopper, settings).await?.refused_with("invalid_input", 422)?;
    let error = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(
        refusal.field_errors(),
        [
            error("/kinds/0/kind", "unknown_value"),
            error("/kinds/1/mail", "not_optional"),
            error("/kinds/3/kind", "repeated"),
        ]
    );
    let unknown = choose(&shopper, json!([{ "kind": "weather" }])).await?.refused_with("invalid_input", 422)?;
    assert_eq!(unknown.field_errors(), [error("/kinds/0/kind", "unknown_value")]);
    let unavailable = choose(&admin, json!([{ "kind": "new_order", "mail": true }])).await?;
    let unavailable = unavailable.refused_with("invalid_input", 422)?;
    assert_eq!(unavailable.field_errors(), [error("/kinds/0/mail", "not_available")]);
    let settings = shopper.ask("get_notification_settings")?.send().await?.succeeded()?.body;
    assert_eq!(settings["kinds"][0]["mail"], true, "nothing has changed");
    Ok(())
}

/// Returns the principal that a client is signed in as.
fn principal_of(client: &Client) -> Result<Principal> {
    let claims = claims_of(client.token().expect("signed in"))?;
    Ok(Principal::parse(claims["sub"].as_str().unwrap_or_default())?)
}

/// Sends a principal `count` notifications about the account, as the queue does.
async fn notify(market: &Market, client: &Client, count: usize) -> Result {
    let notice = json!({ "kind": "password_changed" });
    let event = json!({ "type": "account_notice", "principal": principal_of(client)?, "notice": notice });
    let messages: Vec<String> = (0..count).map(|_| message(&event)).collect();
    let answer = market.call("notify", &sqs_batch(messages.iter().map(String::as_str))).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    Ok(())
}

/// Returns the message of a new event. Its id sorts by time, like those of real events.
fn message(event: &Value) -> String {
    let now = Timestamp::now();
    let id = format!("event_{:012x}7{:019x}", now.as_millisecond(), fastrand::u128(..) >> 52);
    json!({ "id": id, "at": now, "event": event }).to_string()
}

async fn list(client: &Client) -> Result<NotificationList> {
    client.ask("list_notifications")?.query("limit", 100).send().await?.read()
}

/// Waits until a principal has a notification whose link contains `about`.
async fn await_notification(client: &Client, about: &str) -> Result<NotificationList> {
    await_until(PATIENCE, &format!("a notification about {about}"), async || {
        let list = list(client).await?;
        Ok(list.items.iter().any(|entry| entry.link.contains(about)).then_some(list))
    })
    .await
}

/// Returns which notifications are read, the newest first.
fn read_flags(list: &NotificationList) -> Vec<bool> {
    list.items.iter().map(|entry| entry.read).collect()
}

async fn mark(client: &Client, id: &str) -> Result<u16> {
    Ok(client.ask("mark_notification_read")?.path("notification", id).send().await?.succeeded()?.status)
}

async fn mark_all(client: &Client) -> Result<u16> {
    Ok(client.ask("mark_all_notifications_read")?.send().await?.succeeded()?.status)
}

async fn choose(client: &Client, kinds: Value) -> Result<Answer> {
    client.ask("set_notification_settings")?.json(&json!({ "kinds": kinds })).send().await
}
