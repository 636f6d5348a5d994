//! Deliveries: sellers pack and ship orders, and buyers follow them.

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_testkit::{Answer, Client, PATIENCE, Result, await_until};
use souk_tests::{Market, Vendor, keys};

/// Asks to ship pieces of an order.
async fn ship(vendor: &Vendor, order: &str, key: &str, shipment: &Value) -> Result<Answer> {
    vendor.client.ask("create_shipment")?.path("id", order).key(key).json(shipment).send().await
}

/// Asks to change a shipment.
async fn update(vendor: &Vendor, order: &str, number: u8, changes: &Value) -> Result<Answer> {
    let request = vendor.client.ask("update_shipment")?.path("id", order).path("number", &number.to_string());
    request.json(changes).send().await
}

/// Returns the part of the only shop of an order, as its buyer sees it.
async fn seen_by(buyer: &Client, order: &str) -> Result<Value> {
    Ok(buyer.ask("get_order")?.path("id", order).send().await?.succeeded()?.body["shops"][0].take())
}

/// Returns what happened to an order, and who did it: `packed by seller`.
fn happened(part: &Value) -> Vec<String> {
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let history = part["history"].as_array().into_iter().flatten();
    history.map(|entry| format!("{} by {}", text(entry, "what"), text(entry, "by"))).collect()
}

#[tokio::test]
async fn a_seller_ships_an_order_in_parts_and_the_buyer_follows_each_part() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (account, buyer) = market.shopper_with_cart(&[&vendor], 3).await?;
    let order = buyer.buy().await?;
    let sku = vendor.sku()?.id.clone();
    let ordered = seen_by(&buyer, &order).await?;
    assert_eq!((&ordered["state"], &ordered["shipments"]), (&json!("ordered"), &json!([])));

    for _ in 0..2 {
        let packed = vendor.client.ask("pack_order")?.path("id", &order).send().await?.succeeded()?.body;
        assert_eq!(packed["state"], "packed");
    }
    let tracking = json!({
        "carrier": "DHL", "tracking_number": "00340434161094042557", "tracking_url": "https://www.example.com/1",
    });
    let two = json!({ "lines": [{ "sku": sku, "quantity": 2 }], "tracking": tracking });
    let first = ship(&vendor, &order, "two", &two).await?.succeeded()?;
    assert_eq!((first.status, &first.body["number"], &first.body["state"]), (201, &json!(1), &json!("shipped")));
    let again = ship(&vendor, &order, "two", &two).await?.succeeded()?;
    assert_eq!(again.body, first.body, "the same key ships nothing again");
    let part = seen_by(&buyer, &order).await?;
    assert_eq!(part["state"], "packed", "one piece is not shipped");
    assert_eq!(part["shipments"][0]["tracking_number"], "00340434161094042557");

    let rest = ship(&vendor, &order, "rest", &json!({})).await?.succeeded()?.body;
    assert_eq!((&rest["number"], &rest["lines"]), (&json!(2), &json!([{ "sku": sku, "quantity": 1 }])));
    assert_eq!(seen_by(&buyer, &order).await?["state"], "shipped");
    update(&vendor, &order, 2, &json!({ "state": "out_for_delivery" })).await?.succeeded()?;
    assert_eq!(seen_by(&buyer, &order).await?["state"], "shipped", "the first shipment is behind");
    for number in [1, 2] {
        for _ in 0..2 {
            update(&vendor, &order, number, &json!({ "state": "delivered" })).await?.succeeded()?;
        }
    }
    let part = seen_by(&buyer, &order).await?;
    assert_eq!(part["state"], "delivered");
    let steps = happened(&part);
    assert_eq!(steps[..2], ["ordered by buyer", "packed by seller"]);
    assert_eq!(steps.len(), 7, "{steps:?}");
    let of_shop = vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&of_shop["state"], &of_shop["history"]), (&part["state"], &part["history"]));
    assert_eq!(of_shop["number"], buyer.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body["number"]);

    // One notification for each step, and one mail for each but the packing.
    await_until(PATIENCE, "the notifications about the delivery", async || {
        let list = buyer.ask("list_notifications")?.send().await?.succeeded()?.body;
        let about = |entry: &&Value| entry["kind"] == "order_progress";
        let count = list["items"].as_array().into_iter().flatten().filter(about).count();
        Ok((count == 6).then_some(()))
    })
    .await?;
    for (subject, count) in [
        ("A part of your order is on its way", 1),
        ("Your order is on its way", 1),
        ("Your parcel arrives soon", 1),
        ("Your parcel was delivered", 2),
    ] {
        await_until(PATIENCE, subject, async || {
            let mails = market.mailbox.mails_to(&account.email).await?;
            Ok((mails.iter().filter(|mail| mail.subject.starts_with(subject)).count() == count).then_some(()))
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn parallel_requests_never_ship_a_piece_twice() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, buyer) = market.shopper_with_cart(&[&vendor], 3).await?;
    let order = buyer.buy().await?;
    let everything = json!({});
    let keys: Vec<String> = (0..6).map(|n| format!("key-{n}")).collect();
    let answers = try_join_all(keys.iter().map(|key| ship(&vendor, &order, key, &everything))).await?;
    let mut shipped = 0;
    for answer in answers {
        match answer.status {
            201 => shipped += 1,
            _ => drop(answer.refused_with("not_left", 409)?),
        }
    }
    let part = seen_by(&buyer, &order).await?;
    assert_eq!((shipped, part["shipments"].as_array().map(Vec::len)), (1, Some(1)));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_shipped_is_named_and_nothing_is_stored() -> Result {
    let market = Market::open()?;
    let (vendor, other) = (market.vendor(1_850, 5).await?, market.vendor(900, 5).await?);
    let (_, buyer) = market.shopper_with_cart(&[&vendor], 3).await?;
    let order = buyer.buy().await?;
    let (own, foreign) = (vendor.sku()?.id.clone(), other.sku()?.id.clone());
    let line = |sku: &str, quantity: u32| json!({ "sku": sku, "quantity": quantity });
    let ship = async |vendor: &Vendor, lines: Value| ship(vendor, &order, "key", &json!({ "lines": lines })).await;

    let refused = ship(&vendor, json!([line(&own, 4)])).await?.refused_with("not_left", 409)?;
    assert_eq!(refused.field_errors(), [("/lines/0/quantity".to_owned(), "too_many".to_owned())]);
    let refused = ship(&vendor, json!([line(&own, 1), line(&foreign, 1)])).await?.refused_with("invalid_input", 422)?;
    assert_eq!(refused.field_errors(), [("/lines/1/sku".to_owned(), "not_found".to_owned())]);
    let refused = ship(&vendor, json!([line(&own, 1), line(&own, 1)])).await?.refused_with("invalid_input", 422)?;
    assert_eq!(refused.field_errors(), [("/lines/1/sku".to_owned(), "duplicate".to_owned())]);
    for wrong in [json!([line(&own, 0)]), json!([])] {
        ship(&vendor, wrong).await?.refused_with("invalid_input", 422)?;
    }
    // Another shop's seller does not learn that the order exists.
    ship(&other, json!([line(&own, 1)])).await?.refused_with("not_found", 404)?;
    other.client.ask("pack_order")?.path("id", &order).send().await?.refused_with("not_found", 404)?;
    update(&vendor, &order, 1, &json!({ "state": "delivered" })).await?.refused_with("not_found", 404)?;
    let untouched = seen_by(&buyer, &order).await?;
    assert_eq!((&untouched["state"], &untouched["shipments"]), (&json!("ordered"), &json!([])));

    // A shipment never moves back.
    self::ship(&vendor, &order, "all", &json!({})).await?.succeeded()?;
    update(&vendor, &order, 1, &json!({ "state": "delivered" })).await?.succeeded()?;
    let back = update(&vendor, &order, 1, &json!({ "state": "out_for_delivery" })).await?;
    back.refused_with("order_state", 409)?;
    update(&vendor, &order, 1, &json!({ "state": "shipped" })).await?.refused_with("invalid_input", 422)?;
    update(&vendor, &order, 1, &json!({ "tracking": { "carrier": "UPS" } })).await?.succeeded()?;
    assert_eq!(seen_by(&buyer, &order).await?["shipments"][0]["carrier"], "UPS");
    Ok(())
}

#[tokio::test]
async fn a_shipment_that_nobody_reports_counts_as_delivered_after_two_weeks() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, buyer) = market.shopper_with_cart(&[&vendor], 1).await?;
    let order = buyer.buy().await?;
    ship(&vendor, &order, "all", &json!({})).await?.succeeded()?;
    market.call("confirm-deliveries", &json!({})).await?;
    assert_eq!(seen_by(&buyer, &order).await?["state"], "shipped");

    let (id, shop) = (order.parse()?, vendor.shop.id.parse()?);
    let shipped_at = Timestamp::now() - SignedDuration::from_hours(24 * 14 + 1);
    let place = keys::among_shipments_under_way(shipped_at, id, shop, 1);
    market.cloud.set(&keys::shipment_under_way(id, shop, 1), &[("gsi1sk", json!(place.at))]).await?;
    // Two runs of the schedule overlap.
    let event = json!({});
    try_join_all((0..2).map(|_| market.call("confirm-deliveries", &event))).await?;
    let part = seen_by(&buyer, &order).await?;
    assert_eq!(part["state"], "delivered");
    assert_eq!(happened(&part).last().map(String::as_str), Some("delivered by marketplace"));
    assert!(market.cloud.item(&keys::shipment_under_way(id, shop, 1)).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_seller_lists_the_orders_in_one_state() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let mut orders = Vec::new();
    for _ in 0..3 {
        let (_, buyer) = market.shopper_with_cart(&[&vendor], 1).await?;
        orders.push(buyer.buy().await?);
    }
    vendor.client.ask("pack_order")?.path("id", &orders[1]).send().await?.succeeded()?;
    for (state, expected) in
        [("packed", vec![&orders[1]]), ("ordered", vec![&orders[2], &orders[0]]), ("shipped", vec![])]
    {
        let listed = await_until(PATIENCE, &format!("the orders in the state {state}"), async || {
            let list = vendor.client.ask("list_shop_orders")?.query("state", state).send().await?.succeeded()?.body;
            let items = list["items"].as_array().cloned().unwrap_or_default();
            let ids: Vec<&Value> = items.iter().map(|order| &order["id"]).collect();
            Ok((json!(ids) == json!(expected)).then_some(items))
        })
        .await?;
        assert!(listed.iter().all(|order| order["number"].as_str().is_some_and(|number| number.len() == 9)));
    }
    let refused = vendor.client.ask("list_shop_orders")?.query("state", "lost").send().await?;
    refused.refused_with("invalid_input", 422)?;
    Ok(())
}
