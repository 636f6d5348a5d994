//! Discounts: their amount, their terms, and that they never exceed the price.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_testkit::{Answer, Cart, NewDiscount, NewProduct, NewSku, Result, StripePage, euros};
use souk_tests::{Market, Vendor};

#[tokio::test]
async fn a_discount_shows_in_the_cart_reduces_the_payment_and_stays_in_the_order() -> Result {
    let market = Market::open()?;
    let (kiln, mill) = (market.vendor(1_855, 9).await?, market.vendor(900, 9).await?);
    let discount = kiln.client.create_discount(&NewDiscount::percent("spring10", 1_000)).await?;
    let (account, shopper) = market.shopper_with_cart(&[&kiln, &mill], 3).await?;
    let cart = shopper.apply_discount(&kiln.shop.id, "Spring10").await?;
    assert_eq!((cart.discounts[0].code.as_str(), cart.discounts[0].amount.amount), ("SPRING10", 557));
    assert_eq!(amounts(&cart, &kiln)?, (1_855, Some(557), 5_008), "10 % of 55.65, rounded once");
    assert_eq!(amounts(&cart, &mill)?, (900, None, 2_700), "the line of another shop is unchanged");
    assert_eq!(cart.total.amount, 7_708);
    let read = shopper.cart().await?;
    assert_eq!((read.lines, read.discounts, read.total), (cart.lines, cart.discounts, cart.total));

    let session = shopper.open_payment().await?;
    assert_eq!(session.total.amount, 7_708);
    assert!(StripePage::open(Market::page(&session)?).await?.html().contains("77.08"));
    assert_eq!(kiln.client.uses_of(&discount).await?, 1, "an open session counts as a use");
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;

    let order_view = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!(order_view["total"]["amount"], 7_708);
    let parts = order_view["shops"].as_array().expect("the shops' parts");
    let part = parts.iter().find(|part| part["shop"] == kiln.shop.id.as_str()).expect("the shop's part");
    assert_eq!((&part["discount"]["code"], &part["discount"]["amount"]["amount"]), (&json!("SPRING10"), &json!(557)));
    let line = &part["lines"][0];
    assert_eq!((&line["discount"]["amount"], &line["total"]["amount"]), (&json!(557), &json!(5_008)));
    let sold = kiln.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&sold["total"]["amount"], &sold["commission"]["amount"]), (&json!(5_008), &json!(501)));
    let other = mill.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?;
    assert!(!other.text.contains("SPRING10"), "the other seller does not see the discount\n{other}");
    let mail = market.mailbox.await_order_mail(&account.email, &order).await?;
    assert!(mail.body_text.contains("3 x EUR 18.55 - EUR 5.57 = EUR 50.08"), "{}", mail.body_text);

    assert_eq!(kiln.client.uses_of(&discount).await?, 1);
    assert_eq!(shopper.cart().await?.discounts, [], "a used discount leaves the cart");
    Ok(())
}

#[tokio::test]
async fn a_flat_discount_is_split_exactly_over_its_lines() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 9).await?;
    let new = NewProduct::new("Bowl", 1_000, (0..3).map(|n| NewSku::new(9).size(&format!("Size {n}"))));
    let bowl = vendor.client.create_product(&new).await?;
    let only = NewDiscount::flat("BOWLS", 1_000).with("products", json!([bowl.id]));
    vendor.client.create_discount(&only).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    assert_refused(shopper.try_discount(&vendor.shop.id, "BOWLS").await?, "nothing_eligible")?;
    for sku in &bowl.skus {
        shopper.set_cart_line(&sku.id, 1).await?;
    }
    let cart = shopper.apply_discount(&vendor.shop.id, "BOWLS").await?;
    let mut off: Vec<_> = cart.lines.iter().map(|line| line.discount.as_ref().map(|off| off.amount)).collect();
    off.sort_unstable();
    assert_eq!(off, [None, Some(333), Some(333), Some(334)]);
    assert_eq!(cart.total.amount, 3_000);
    Ok(())
}

#[tokio::test]
async fn a_refused_discount_names_the_unmet_term() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let now = Timestamp::now();
    let hours_ago = |hours: i64| json!((now - SignedDuration::from_hours(hours)).to_string());
    let ten = |code: &str| NewDiscount::percent(code, 1_000);
    for (discount, reason) in [
        (ten("MINIMUM").with("minimum", euros(3_701)), "below_minimum"),
        (ten("EARLY").with("starts_at", hours_ago(-1)), "not_started"),
        (ten("LATE").with("starts_at", hours_ago(2)).with("ends_at", hours_ago(1)), "ended"),
        (ten("OFF").with("enabled", false), "unknown"),
    ] {
        vendor.client.create_discount(&discount).await?;
        let code = discount.0["code"].as_str().expect("a code");
        assert_refused(shopper.try_discount(&vendor.shop.id, code).await?, reason)?;
    }
    assert_refused(shopper.try_discount(&vendor.shop.id, "NOBODYMADETHIS").await?, "unknown")?;
    let malformed = shopper.try_discount(&vendor.shop.id, "not a code").await?.refused_with("invalid_input", 422)?;
    assert_eq!(malformed.field_errors(), [("/code".to_owned(), "malformed".to_owned())]);
    assert_eq!(shopper.cart().await?.discounts, []);

    vendor.client.create_discount(&ten("ENOUGH").with("minimum", euros(3_700))).await?;
    shopper.apply_discount(&vendor.shop.id, "ENOUGH").await?;
    let fewer = shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    assert_eq!(
        fewer.discounts[0].refusal.as_deref(),
        Some("below_minimum"),
        "it stays applied and says why it takes nothing off"
    );
    assert_eq!(fewer.total.amount, 1_850);
    assert_eq!(shopper.set_cart_line(&vendor.sku()?.id, 2).await?.total.amount, 3_330);
    for _ in 0..2 {
        let without: Cart = shopper.ask("remove_discount")?.path("shop", &vendor.shop.id).send().await?.read()?;
        assert_eq!((without.discounts.len(), without.total.amount), (0, 3_700));
    }
    Ok(())
}

#[tokio::test]
async fn a_checkout_with_an_invalid_discount_names_it_and_holds_nothing() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let past = json!((Timestamp::now() - SignedDuration::from_hours(1)).to_string());
    let other_product = vendor.client.create_product(&NewProduct::new("Bowl", 900, [NewSku::new(1)])).await?;
    let ten = |code: &str| NewDiscount::percent(code, 1_000);
    let changes: [(&dyn Fn(NewDiscount) -> NewDiscount, &str); 6] = [
        (&|discount| discount.with("enabled", false), "unknown"),
        (&|discount| discount.with("code", "OTHERWISE"), "unknown"),
        (&|discount| discount.with("ends_at", past.clone()), "ended"),
        (&|discount| discount.with("minimum", euros(9_999)), "below_minimum"),
        (&|discount| discount.with("products", json!([other_product.id.clone()])), "nothing_eligible"),
        (&|discount| discount, "deleted"),
    ];
    for (n, (change, reason)) in changes.into_iter().enumerate() {
        let discount = ten(&format!("CODE{n}"));
        let id = vendor.client.create_discount(&discount).await?;
        let seen = shopper.apply_discount(&vendor.shop.id, &format!("CODE{n}")).await?.as_seen();
        if reason == "deleted" {
            vendor.client.ask("delete_discount")?.path("discount", &id).send().await?.succeeded()?;
        } else {
            vendor.client.change_discount(&id, &change(discount)).await?;
        }
        let refusal = shopper.try_to_pay(&seen, &format!("dead-{n}")).await?.refused_with("discount_refused", 409)?;
        let reason = if reason == "deleted" { "unknown" } else { reason };
        assert_eq!(refusal.field_errors(), [("/discounts/0".to_owned(), reason.to_owned())]);
    }
    let id = vendor.client.create_discount(&ten("LESS")).await?;
    let seen = shopper.apply_discount(&vendor.shop.id, "LESS").await?.as_seen();
    vendor.client.change_discount(&id, &NewDiscount::percent("LESS", 500)).await?;
    let refusal = shopper.try_to_pay(&seen, "less").await?.refused_with("cart_changed", 409)?;
    assert_eq!(refusal.field_errors(), [("/discounts/0/amount".to_owned(), "amount_changed".to_owned())]);
    let blind = json!({ "lines": seen["lines"], "address": seen["address"] });
    let refusal = shopper.try_to_pay(&blind, "without_discounts").await?.refused_with("cart_changed", 409)?;
    assert_eq!(refusal.field_errors(), [("/discounts".to_owned(), "discount_missing".to_owned())]);
    assert_eq!((vendor.stock().await?, vendor.client.uses_of(&id).await?), (9, 0));
    Ok(())
}

#[tokio::test]
async fn a_discount_is_visible_and_valid_only_in_its_own_shop() -> Result {
    let market = Market::open()?;
    let (kiln, mill) = (market.vendor(1_850, 9).await?, market.vendor(900, 9).await?);
    let id = kiln.client.create_discount(&NewDiscount::percent("SAME", 5_000)).await?;
    for operation in ["get_discount", "delete_discount"] {
        mill.client.ask(operation)?.path("discount", &id).send().await?.refused_with("not_found", 404)?;
    }
    let change = mill.client.ask("change_discount")?.path("discount", &id).json(&NewDiscount::flat("SAME", 1).0);
    change.send().await?.refused_with("not_found", 404)?;
    let foreign = NewDiscount::flat("MINE", 100).with("products", json!([kiln.product.id]));
    let refusal = mill.client.ask("create_discount")?.json(&foreign.0).send().await?;
    let refusal = refusal.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("/products/0".to_owned(), "not_found".to_owned())]);

    let (_, shopper) = market.shopper_with_cart(&[&kiln, &mill], 1).await?;
    assert_refused(shopper.try_discount(&mill.shop.id, "SAME").await?, "unknown")?;
    mill.client.create_discount(&NewDiscount::flat("SAME", 100)).await?;
    shopper.apply_discount(&mill.shop.id, "SAME").await?;
    let cart = shopper.apply_discount(&kiln.shop.id, "SAME").await?;
    assert_eq!((amounts(&cart, &kiln)?.1, amounts(&cart, &mill)?.1), (Some(925), Some(100)));
    let listed = mill.client.ask("list_discounts")?.send().await?.succeeded()?;
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
    assert!(!listed.text.contains(&id), "{listed}");
    Ok(())
}

#[tokio::test]
async fn a_seller_creates_changes_lists_and_deletes_discounts() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let wrong = NewDiscount::percent("TEN", 10_001)
        .with("minimum", json!({ "amount": 0, "currency": "USD" }))
        .with("per_shopper", 0)
        .with("starts_at", "2026-12-01T00:00:00Z")
        .with("ends_at", "2026-12-01T00:00:00Z");
    let refusal =
        vendor.client.ask("create_discount")?.json(&wrong.0).send().await?.refused_with("invalid_input", 422)?;
    let pointers: BTreeSet<String> = refusal.field_errors().into_iter().map(|(pointer, _)| pointer).collect();
    let expected = ["/ends_at", "/minimum/amount", "/minimum/currency", "/per_shopper", "/reduction/basis_points"];
    assert_eq!(pointers, expected.map(str::to_owned).into());

    let first = vendor.client.create_discount(&NewDiscount::percent("TEN", 1_000)).await?;
    let second = vendor.client.create_discount(&NewDiscount::flat("FIVE", 500)).await?;
    let taken = vendor.client.ask("create_discount")?.json(&NewDiscount::percent("ten", 1).0).send().await?;
    taken.refused_with("discount_code_taken", 409)?;
    let taken = vendor.client.ask("change_discount")?.path("discount", &second).json(&NewDiscount::flat("TEN", 5).0);
    taken.send().await?.refused_with("discount_code_taken", 409)?;
    for _ in 0..2 {
        let changed = vendor.client.change_discount(&second, &NewDiscount::flat("SIX", 600)).await?;
        assert_eq!((&changed.body["code"], &changed.body["reduction"]["amount"]), (&json!("SIX"), &json!(600)));
    }
    vendor.client.create_discount(&NewDiscount::flat("FIVE", 500)).await?;
    let page = vendor.client.ask("list_discounts")?.query("limit", 2).send().await?.succeeded()?.body;
    let codes = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().into_iter().flatten();
        items.filter_map(|item| item["code"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(codes(&page), ["FIVE", "SIX"]);
    let cursor = page["next"].as_str().expect("more");
    let rest = vendor.client.ask("list_discounts")?.query("cursor", cursor).send().await?.succeeded()?.body;
    assert_eq!(codes(&rest), ["TEN"]);
    vendor.client.ask("delete_discount")?.path("discount", &first).send().await?.succeeded()?;
    let again = vendor.client.ask("delete_discount")?.path("discount", &first).send().await?;
    again.refused_with("not_found", 404)?;
    vendor.client.create_discount(&NewDiscount::percent("TEN", 2_000)).await?;

    let (_, without_shop) = market.seller().await?;
    let refusal = without_shop.ask("create_discount")?.json(&NewDiscount::percent("TEN", 1).0).send().await?;
    refusal.refused_with("no_shop", 409)?;
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_requests_with_one_code_create_one_discount() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let new = NewDiscount::percent("ONCE", 1_000);
    let asks = (0..50).map(|_| async { vendor.client.ask("create_discount")?.json(&new.0).send().await });
    let (made, taken): (Vec<_>, Vec<_>) =
        try_join_all(asks).await?.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(made.len(), 1);
    for refusal in taken {
        refusal.refused_with("discount_code_taken", 409)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_guests_discount_is_merged_and_checked_again_for_the_shopper() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    vendor.client.create_discount(&NewDiscount::flat("WELCOME", 500).with("first_order_only", true)).await?;
    let (_, regular) = market.shopper_with_cart(&[&vendor], 1).await?;
    regular.buy().await?;
    let (_, new_shopper) = market.shopper().await?;
    for (shopper, refusal, total) in [(&new_shopper, None, 1_350), (&regular, Some("not_first_order"), 1_850)] {
        let guest = market.anonymous()?;
        let cart = guest.ask("create_guest_cart")?.send().await?.succeeded()?.body["id"].clone();
        let cart = cart.as_str().expect("an id");
        let line = guest.ask("set_guest_cart_line")?.path("cart", cart).path("sku", &vendor.sku()?.id);
        line.json(&json!({ "quantity": 1 })).send().await?.succeeded()?;
        let apply = guest.ask("apply_guest_discount")?.path("cart", cart).path("shop", &vendor.shop.id);
        let shown: Cart = apply.json(&json!({ "code": "WELCOME" })).send().await?.read()?;
        assert_eq!(shown.total.amount, 1_350);
        shopper.ask("merge_cart")?.json(&json!({ "cart": cart })).send().await?.succeeded()?;
        let merged = shopper.cart().await?;
        assert_eq!((merged.discounts[0].refusal.as_deref(), merged.total.amount), (refusal, total));
    }
    let guest = market.anonymous()?;
    let cart = guest.ask("create_guest_cart")?.send().await?.succeeded()?.body["id"].clone();
    let remove = guest.ask("remove_guest_discount")?.path("cart", cart.as_str().expect("an id"));
    let left: Cart = remove.path("shop", &vendor.shop.id).send().await?.read()?;
    assert_eq!(left.discounts, []);
    Ok(())
}

#[tokio::test]
async fn a_fully_discounted_cart_is_ordered_without_payment_and_a_few_cents_are_refused() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    vendor.client.create_discount(&NewDiscount::percent("GIFT", 10_000)).await?;
    vendor.client.create_discount(&NewDiscount::flat("NEARLY", 1_801)).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let seen = shopper.apply_discount(&vendor.shop.id, "NEARLY").await?.as_seen();
    shopper.try_to_pay(&seen, "cents").await?.refused_with("amount_too_small", 409)?;
    assert_eq!(vendor.stock().await?, 9);

    assert_eq!(shopper.apply_discount(&vendor.shop.id, "GIFT").await?.total.amount, 0);
    let order = shopper.buy().await?;
    let order_view = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&order_view["total"]["amount"], &order_view["pieces"]), (&json!(0), &json!(1)));
    assert_eq!(vendor.stock().await?, 8);
    Ok(())
}

/// Checks that applying a discount was refused for a reason.
pub(crate) fn assert_refused(answer: Answer, reason: &str) -> Result {
    let refusal = answer.refused_with("discount_refused", 409)?;
    assert_eq!(refusal.field_errors(), [("/code".to_owned(), reason.to_owned())]);
    Ok(())
}

/// Returns the unit price, the discount and the total of the vendor's line in a cart.
fn amounts(cart: &Cart, vendor: &Vendor) -> Result<(i64, Option<i64>, i64)> {
    let sku = &vendor.sku()?.id;
    let line = cart.lines.iter().find(|line| line.sku == *sku).expect("the vendor's line");
    Ok((line.unit_price.amount, line.discount.as_ref().map(|reduced| reduced.amount), line.total.amount))
}
