//! Changes of the stock by sellers.

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_domain::SkuId;
use souk_testkit::{Answer, Result};
use souk_tests::{Market, Vendor, keys};

use crate::catalogue::pair;

#[tokio::test]
async fn every_stock_change_is_recorded_from_the_first_stock_on() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 5).await?;
    let mut changes = Vec::new();
    for (delta, reason, stock) in [(7, "delivery", 12), (-2, "damage", 10), (-10, "withdrawal", 0), (1, "count", 1)] {
        let change = adjust(&vendor, delta, reason).await?.succeeded()?;
        assert_eq!(
            (change.status, &change.body["delta"], &change.body["reason"]),
            (201, &json!(delta), &json!(reason))
        );
        assert_eq!(vendor.stock().await?, stock);
        changes.insert(0, change.body);
    }
    let request = vendor.client.ask("list_stock_changes")?.path("product", &vendor.product.id);
    let first = request.query("limit", 3).send().await?.succeeded()?.body;
    let request = vendor.client.ask("list_stock_changes")?.path("product", &vendor.product.id);
    let next = first["next"].as_str().expect("there are five");
    let second = request.query("limit", 3).query("cursor", next).send().await?.succeeded()?.body;
    let begun = second["items"].as_array().and_then(|items| items.last()).expect("the first stock").clone();
    assert_eq!((&begun["sku"], &begun["delta"], begun.get("reason")), (&json!(vendor.sku()?.id), &json!(5), None));
    changes.push(begun);
    let ids = |list: &Value| -> Vec<Value> {
        list.as_array().into_iter().flatten().map(|entry| entry["id"].clone()).collect()
    };
    assert_eq!([ids(&first["items"]), ids(&second["items"])].concat(), ids(&json!(changes)));
    Ok(())
}

#[tokio::test]
async fn the_stock_stays_between_zero_and_a_million() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 5).await?;
    for delta in [-6, 999_996, -1_000_000, 1_000_000] {
        adjust(&vendor, delta, "count").await?.refused_with("stock_out_of_range", 409)?;
    }
    for delta in [0, 1_000_001, -1_000_001] {
        let refusal = adjust(&vendor, delta, "count").await?.refused_with("invalid_input", 422)?;
        assert_eq!(refusal.field_errors(), [pair("/delta", "out_of_range")]);
    }
    adjust(&vendor, 999_995, "count").await?.succeeded()?;
    assert_eq!(vendor.stock().await?, 1_000_000);

    let other = market.vendor(1_000, 5).await?;
    let foreign = json!({ "sku": other.sku()?.id, "delta": 1, "reason": "gift" });
    let refusal = send_change(&vendor, &foreign, "k").await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [pair("/reason", "unknown_value")]);
    let foreign = json!({ "sku": other.sku()?.id, "delta": 1, "reason": "count" });
    let refusal = send_change(&vendor, &foreign, "l").await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [pair("/sku", "not_found")]);
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_stock_changes_never_go_below_zero_and_are_recorded() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 50).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    // A shopper tries to buy three pieces at the same time.
    let sale = async { shopper.open_payment().await.map(drop) };
    let take = async |n: usize| {
        let body = json!({ "sku": vendor.sku()?.id, "delta": if n.is_multiple_of(4) { -2 } else { -1 }, "reason": "withdrawal" });
        send_change(&vendor, &body, &format!("take-{n}")).await
    };
    let (answers, sold) = futures::future::join(try_join_all((0..200).map(take)), sale).await;
    let answers: Vec<Answer> = answers?;
    let taken: i64 =
        answers.iter().filter(|answer| answer.status == 201).filter_map(|answer| answer.body["delta"].as_i64()).sum();
    for refusal in answers.into_iter().filter(|answer| answer.status != 201) {
        refusal.refused_with("stock_out_of_range", 409)?;
    }
    let sold = if sold.is_ok() { 3 } else { 0 };
    assert_eq!(50 + taken - sold, 0, "everything is taken, because changes by one piece come until the end");
    assert_eq!(vendor.stock().await?, 0);
    let sku: SkuId = vendor.sku()?.id.parse()?;
    let recorded = market.cloud.partition(&keys::stock_changes_of(sku.product)).await?;
    assert_eq!(recorded.iter().filter_map(|change| change["delta"].as_i64()).sum::<i64>(), 50 + taken);
    Ok(())
}

#[tokio::test]
async fn a_repeated_stock_change_counts_once() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 50).await?;
    let body = json!({ "sku": vendor.sku()?.id, "delta": -3, "reason": "damage" });
    let answers = try_join_all((0..20).map(|_| send_change(&vendor, &body, "three-broke"))).await?;
    let first = answers.iter().find(|answer| answer.status == 201).expect("one request counts").body.clone();
    let again = send_change(&vendor, &body, "three-broke").await?.succeeded()?;
    assert_eq!(again.body, first);
    assert_eq!(vendor.stock().await?, 47);
    let keyless = vendor.client.ask("adjust_stock")?.path("product", &vendor.product.id).json(&body).send().await?;
    keyless.refused_with("idempotency_key_missing", 400)?;
    Ok(())
}

async fn adjust(vendor: &Vendor, delta: i64, reason: &str) -> Result<Answer> {
    let body = json!({ "sku": vendor.sku()?.id, "delta": delta, "reason": reason });
    send_change(vendor, &body, &format!("{:016x}", fastrand::u64(..))).await
}

async fn send_change(vendor: &Vendor, body: &Value, key: &str) -> Result<Answer> {
    let request = vendor.client.ask("adjust_stock")?.path("product", &vendor.product.id);
    request.json(body).key(key).send().await
}
