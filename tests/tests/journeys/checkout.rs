//! From a cart to a checkout page.

use futures::future::try_join_all;
use serde_json::json;
use souk_testkit::{Client, Result, StripePage};
use souk_tests::{Market, Vendor};

#[tokio::test]
async fn a_cart_line_cannot_exceed_the_stock() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper().await?;
    let request = shopper.ask("set_cart_line")?.path("sku", &vendor.sku()?.id).json(&json!({ "quantity": 4 }));
    let refusal = request.send().await?.refused_with("sold_out", 409)?;
    assert_eq!(refusal.field_errors(), [("/quantity".to_owned(), "sold_out".to_owned())]);
    assert!(shopper.cart().await?.lines.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_total_above_the_largest_card_payment_is_refused_before_anything_is_held() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(60_000_000, 4).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let seen = shopper.cart().await?.as_seen();
    shopper.try_to_pay(&seen, "dear").await?.refused_with("amount_too_large", 409)?;
    assert_eq!(vendor.stock().await?, 4);
    shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    assert!(shopper.open_payment().await?.url.is_some());
    Ok(())
}

#[tokio::test]
async fn a_shopper_who_comes_back_from_checkout_can_buy_what_the_own_session_holds() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let sku = &vendor.sku()?.id;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    shopper.open_payment().await?;
    assert_eq!(vendor.stock().await?, 2);
    let available = async || Ok::<_, souk_testkit::Failed>(shopper.cart().await?.lines[0].available);
    assert_eq!(available().await?, 5);
    for quantity in [2, 4, 5] {
        shopper.set_cart_line(sku, quantity).await?;
    }
    let six = shopper.ask("set_cart_line")?.path("sku", sku).json(&json!({ "quantity": 6 })).send().await?;
    six.refused_with("sold_out", 409)?;

    // Another shopper's pieces are no longer available.
    let (_, other) = market.shopper_with_cart(&[&vendor], 2).await?;
    other.open_payment().await?;
    assert_eq!(available().await?, 3);
    shopper.set_cart_line(sku, 3).await?;
    assert_eq!(shopper.open_payment().await?.state, "open");
    Ok(())
}

#[tokio::test]
async fn a_sold_out_line_is_named_and_nothing_is_held() -> Result {
    let market = Market::open()?;
    let (scarce, plenty) = (market.vendor(1_850, 1).await?, market.vendor(900, 9).await?);
    let (_, late) = market.shopper_with_cart(&[&scarce, &plenty], 1).await?;
    let (_, fast) = market.shopper_with_cart(&[&scarce], 1).await?;
    fast.open_payment().await?;
    let seen = late.cart().await?.as_seen();
    let at = seen["lines"]
        .as_array()
        .and_then(|lines| lines.iter().position(|line| line["sku"] == scarce.product.skus[0].id));
    let refusal = late.try_to_pay(&seen, "too-late").await?.refused_with("sold_out", 409)?;
    let pointer = format!("/lines/{}/quantity", at.expect("the scarce line"));
    assert_eq!(refusal.field_errors(), [(pointer, "sold_out".to_owned())]);
    assert_eq!(plenty.stock().await?, 9, "the other line is not held");
    Ok(())
}

#[tokio::test]
async fn a_price_that_the_shopper_did_not_see_is_not_charged() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let mut seen = shopper.cart().await?.as_seen();
    seen["lines"][0]["unit_price"] = json!(1_849);
    let refusal = shopper.try_to_pay(&seen, "yesterday").await?.refused_with("cart_changed", 409)?;
    assert_eq!(refusal.field_errors(), [("/lines/0/unit_price".to_owned(), "price_changed".to_owned())]);
    assert_eq!(vendor.stock().await?, 3);
    Ok(())
}

#[tokio::test]
async fn a_line_or_quantity_that_differs_from_the_cart_is_not_charged() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(1_850, 3).await?, market.vendor(900, 3).await?];
    let (_, shopper) = market.shopper_with_cart(&[&vendors[0], &vendors[1]], 1).await?;
    let mut seen = shopper.cart().await?.as_seen();
    seen["lines"][0]["quantity"] = json!(2);
    seen["lines"].as_array_mut().expect("lines").pop();
    let refusal = shopper.try_to_pay(&seen, "other-cart").await?.refused_with("cart_changed", 409)?;
    assert_eq!(
        refusal.field_errors(),
        [
            ("/lines".to_owned(), "line_missing".to_owned()),
            ("/lines/0/quantity".to_owned(), "quantity_changed".to_owned()),
        ]
    );
    Ok(())
}

#[tokio::test]
async fn the_same_key_with_the_same_body_replays_the_same_session() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let seen = shopper.cart().await?.as_seen();
    let first = shopper.try_to_pay(&seen, "once").await?.succeeded()?;
    let again = shopper.try_to_pay(&seen, "once").await?.succeeded()?;
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(vendor.stock().await?, 1, "the stock is held once");
    Ok(())
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let mut seen = shopper.cart().await?.as_seen();
    shopper.try_to_pay(&seen, "once").await?.succeeded()?;
    seen["lines"][0]["quantity"] = json!(1);
    shopper.try_to_pay(&seen, "once").await?.refused_with("idempotency_key_reused", 422)?;
    Ok(())
}

#[tokio::test]
async fn ten_parallel_requests_with_one_key_hold_the_stock_once() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let seen = shopper.cart().await?.as_seen();
    let answers = try_join_all((0..10).map(|_| shopper.try_to_pay(&seen, "once"))).await?;
    let mut ids = Vec::new();
    for answer in answers {
        ids.push(answer.succeeded()?.body["id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(vendor.stock().await?, 7);
    Ok(())
}

#[tokio::test]
async fn a_payment_session_requires_a_key_and_a_filled_cart() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let nothing = json!({ "lines": [] });
    let without = shopper.ask("create_payment_session")?.json(&nothing).send().await?;
    without.refused_with("idempotency_key_missing", 400)?;
    shopper.try_to_pay(&nothing, &"k".repeat(256)).await?.refused_with("idempotency_key_malformed", 400)?;
    shopper.try_to_pay(&nothing, "empty").await?.refused_with("cart_empty", 409)?;
    Ok(())
}

#[tokio::test]
async fn exactly_one_of_fifty_shoppers_gets_the_last_piece() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 1).await?;
    // A registration costs a password hash, so at most ten run at once.
    let mut shoppers = Vec::new();
    for _ in 0..5 {
        let ten = (0..10).map(|_| async { market.shopper_with_cart(&[&vendor], 1).await });
        shoppers.extend(try_join_all(ten).await?.into_iter().map(|(_, client)| client));
    }
    let seen = shoppers[0].cart().await?.as_seen();
    let answers = try_join_all(shoppers.iter().map(|shopper| shopper.try_to_pay(&seen, "mine"))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refusal in answers.into_iter().filter(|answer| answer.status != 201) {
        refusal.refused_with("sold_out", 409)?;
    }
    assert_eq!(vendor.stock().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_changed_cart_gets_a_new_session_and_the_old_one_returns_its_stock() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 4).await?;
    let first = shopper.open_payment().await?;
    assert_eq!(vendor.stock().await?, 1);
    shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    let second = shopper.open_payment().await?;
    assert_ne!(first.id, second.id);
    assert_eq!(vendor.stock().await?, 4);
    assert_eq!(shopper.payment(&first.id).await?.state, "superseded");
    let closed = reqwest::get(Market::page(&first)?).await?;
    assert_eq!(closed.status(), 410, "the checkout page of the first session is closed");
    Ok(())
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_and_another_card_pays_it() -> Result {
    let market = Market::open()?;
    let (vendor, shopper, session) = open_session(&market).await?;
    let page = StripePage::open(Market::page(&session)?).await?;
    let declined = page.pay_with("4000 0000 0000 0002").await.expect_err("the card is declined");
    assert!(declined.to_string().contains("declined"), "{declined}");
    assert_eq!(shopper.payment(&session.id).await?.state, "open");
    assert_eq!(vendor.stock().await?, 2);
    page.pay().await?;
    shopper.await_payment(&session.id, "paid").await?;
    Ok(())
}

#[tokio::test]
async fn a_card_that_requires_authentication_pays_after_it() -> Result {
    let market = Market::open()?;
    let (_, shopper, session) = open_session(&market).await?;
    StripePage::open(Market::page(&session)?).await?.pay_with("4000 0025 0000 3155").await?;
    shopper.await_payment(&session.id, "paid").await?;
    Ok(())
}

#[tokio::test]
async fn another_shoppers_session_and_order_are_not_found() -> Result {
    let market = Market::open()?;
    let (vendor, shopper, session) = open_session(&market).await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    let (_, other_shopper) = market.shopper().await?;
    let session = other_shopper.ask("get_payment_session")?.path("id", &session.id).send().await?;
    session.refused_with("not_found", 404)?;
    other_shopper.ask("get_order")?.path("id", &order).send().await?.refused_with("not_found", 404)?;
    let other = market.vendor(900, 1).await?;
    other.client.ask("get_shop_order")?.path("id", &order).send().await?.refused_with("not_found", 404)?;
    vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?;
    Ok(())
}

async fn open_session(market: &Market) -> Result<(Vendor, Client, souk_testkit::PaymentSession)> {
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    Ok((vendor, shopper, session))
}
