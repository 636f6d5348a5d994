//! How often a discount may be used, per shopper and in total, also under parallel requests.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_testkit::{Client, NewDiscount, Result};
use souk_tests::{Market, Vendor};

use crate::{discounts::assert_refused, holds::expire_hold, many_shoppers::many_shoppers};

#[tokio::test]
async fn a_first_order_discount_is_refused_after_an_order_at_the_shop() -> Result {
    let market = Market::open()?;
    let (vendor, other) = (market.vendor(1_850, 9).await?, market.vendor(900, 9).await?);
    let first = NewDiscount::flat("WELCOME", 500).with("first_order_only", true);
    vendor.client.create_discount(&first).await?;
    let (_, regular) = market.shopper_with_cart(&[&vendor], 1).await?;
    regular.buy().await?;
    let (_, new_shopper) = market.shopper_with_cart(&[&other], 1).await?;
    new_shopper.buy().await?;
    for shopper in [&regular, &new_shopper] {
        shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    }
    assert_refused(regular.try_discount(&vendor.shop.id, "WELCOME").await?, "not_first_order")?;
    new_shopper.apply_discount(&vendor.shop.id, "WELCOME").await?;
    assert_eq!(new_shopper.open_payment().await?.total.amount, 1_350, "an order at another shop does not count");
    assert_eq!(new_shopper.cart().await?.discounts[0].refusal, None, "the open session counts as the first order");
    new_shopper.buy().await?;
    new_shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    assert_refused(new_shopper.try_discount(&vendor.shop.id, "WELCOME").await?, "not_first_order")?;
    Ok(())
}

#[tokio::test]
async fn a_shopper_cannot_exceed_the_uses_of_a_discount() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let discount = vendor.client.create_discount(&NewDiscount::flat("TWICE", 500).with("per_shopper", 2)).await?;
    let (_, shopper) = market.shopper().await?;
    for uses in 1..=2 {
        shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
        shopper.apply_discount(&vendor.shop.id, "TWICE").await?;
        shopper.buy().await?;
        assert_eq!(vendor.client.uses_of(&discount).await?, uses);
    }
    shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    assert_refused(shopper.try_discount(&vendor.shop.id, "TWICE").await?, "already_used")?;
    let (_, other) = market.shopper_with_cart(&[&vendor], 1).await?;
    assert_eq!(other.apply_discount(&vendor.shop.id, "TWICE").await?.total.amount, 1_350);
    Ok(())
}

#[tokio::test]
async fn an_expired_hold_returns_its_discount_use_and_a_changed_cart_keeps_it() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let discount = vendor.client.create_discount(&NewDiscount::flat("LAST", 500).with("in_total", 1)).await?;
    let ((_, first), (_, second)) =
        (market.shopper_with_cart(&[&vendor], 1).await?, market.shopper_with_cart(&[&vendor], 1).await?);
    let mut seen = Vec::new();
    for shopper in [&first, &second] {
        seen.push(shopper.apply_discount(&vendor.shop.id, "LAST").await?.as_seen());
    }
    let held = first.open_payment().await?;
    let refusal = second.try_to_pay(&seen[1], "second").await?.refused_with("discount_refused", 409)?;
    assert_eq!(refusal.field_errors(), [("/discounts/0".to_owned(), "used_up".to_owned())]);

    assert_eq!(
        first.set_cart_line(&vendor.sku()?.id, 2).await?.total.amount,
        3_200,
        "the shopper's own hold does not count against the limit"
    );
    let next = first.open_payment().await?;
    assert_eq!((next.total.amount, vendor.client.uses_of(&discount).await?), (3_200, 1));
    assert_eq!(first.payment(&held.id).await?.state, "superseded");

    expire_hold(&market, &next).await?;
    market.call("release-holds", &json!({})).await?;
    first.await_payment(&next.id, "expired").await?;
    assert_eq!((vendor.client.uses_of(&discount).await?, vendor.stock().await?), (0, 9));
    second.buy().await?;
    assert_eq!(vendor.client.uses_of(&discount).await?, 1);
    assert_eq!(first.cart().await?.discounts[0].refusal.as_deref(), Some("used_up"));
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_shoppers_never_exceed_the_total_uses_of_a_discount() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 999).await?;
    let rush = NewDiscount::percent("RUSH", 1_000).with("in_total", 25).with("per_shopper", 1);
    let discount = vendor.client.create_discount(&rush).await?;
    let shoppers = many_shoppers(&market, 200).await?;
    let seen = fill_carts(&vendor, &shoppers, "RUSH").await?;
    let answers = try_join_all(shoppers.iter().map(|shopper| shopper.try_to_pay(&seen, "rush"))).await?;
    let (accepted, rejected): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(accepted.len(), 25);
    for refusal in rejected {
        let refusal = refusal.refused_with("discount_refused", 409)?;
        assert_eq!(refusal.field_errors(), [("/discounts/0".to_owned(), "used_up".to_owned())]);
    }
    assert_eq!((vendor.client.uses_of(&discount).await?, vendor.stock().await?), (25, 974));
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_checkouts_of_ten_shoppers_use_a_discount_once_each() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 999).await?;
    let few = NewDiscount::percent("FEW", 1_000).with("in_total", 5).with("per_shopper", 1);
    let discount = vendor.client.create_discount(&few).await?;
    let shoppers = many_shoppers(&market, 10).await?;
    let seen = fill_carts(&vendor, &shoppers, "FEW").await?;
    let checkouts = shoppers.iter().flat_map(|shopper| {
        let seen = &seen;
        (0..20).map(move |n| async move { shopper.try_to_pay(seen, &format!("few-{n}")).await })
    });
    let answers = try_join_all(checkouts).await?;
    let mut sessions = BTreeSet::new();
    for answer in answers {
        match answer.status {
            201 => drop(sessions.insert(answer.body["id"].as_str().expect("an id").to_owned())),
            _ => assert!(matches!(answer.code(), Some("discount_refused" | "cart_changed")), "{answer}"),
        }
    }
    assert_eq!((sessions.len(), vendor.client.uses_of(&discount).await?, vendor.stock().await?), (5, 5, 994));
    Ok(())
}

/// Has every shopper put one piece of the vendor's product into the cart and apply the code. Returns the body that
/// requests the payment session, which is the same for all.
async fn fill_carts(vendor: &Vendor, shoppers: &[Client], code: &str) -> Result<Value> {
    for chunk in shoppers.chunks(20) {
        try_join_all(chunk.iter().map(|shopper| async move {
            shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
            shopper.apply_discount(&vendor.shop.id, code).await
        }))
        .await?;
    }
    Ok(shoppers[0].cart().await?.as_seen())
}
