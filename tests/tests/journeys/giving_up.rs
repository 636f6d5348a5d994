//! Checkouts that end without a payment because the shopper wants so, and the bound on those that nobody pays.

use futures::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_testkit::{Answer, Client, PATIENCE, PaymentSession, Result, StripePage, await_until};
use souk_tests::{Market, Vendor};

/// Gives up a payment session.
async fn cancel(client: &Client, session: &str) -> Result<Answer> {
    client.ask("cancel_payment_session")?.path("id", session).send().await
}

/// Waits until a vendor has this many pieces in stock.
async fn await_stock(vendor: &Vendor, pieces: u32) -> Result {
    await_until(PATIENCE, &format!("{pieces} pieces in stock"), async || {
        Ok((vendor.stock().await? == pieces).then_some(()))
    })
    .await
}

/// Returns how many pieces of a vendor's variant are held, as the seller sees it.
async fn held(vendor: &Vendor) -> Result<Value> {
    let own = vendor.client.ask("get_own_product")?.path("product", &vendor.product.id).send().await?.succeeded()?;
    Ok(own.body["skus"][0]["held"].clone())
}

#[tokio::test]
async fn a_session_that_is_given_up_releases_its_stock_and_closes_its_page() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let session = shopper.open_payment().await?;
    assert_eq!((vendor.stock().await?, held(&vendor).await?), (2, json!(3)));

    let (_, stranger) = market.shopper().await?;
    cancel(&stranger, &session.id).await?.refused_with("not_found", 404)?;
    let answers = try_join_all((0..3).map(|_| cancel(&shopper, &session.id))).await?;
    assert!(answers.iter().all(|answer| answer.status == 204), "{answers:?}");
    assert_eq!((vendor.stock().await?, held(&vendor).await?), (5, json!(0)));
    assert_eq!(shopper.payment(&session.id).await?.state, "expired");
    assert_eq!(reqwest::get(Market::page(&session)?).await?.status(), 410, "the checkout page is closed");

    shopper.buy().await?;
    assert_eq!(vendor.stock().await?, 2);
    await_until(
        PATIENCE,
        "the sold pieces to be no longer held",
        async || Ok((held(&vendor).await? == 0).then_some(())),
    )
    .await
}

#[tokio::test]
async fn a_paid_session_cannot_be_given_up() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let session = shopper.open_payment().await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    cancel(&shopper, &session.id).await?.refused_with("payment_not_open", 409)?;
    shopper.await_order(&session.id).await?;
    cancel(&shopper, &session.id).await?.refused_with("payment_not_open", 409)?;
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_cart_in_which_nothing_is_left_gives_up_its_session() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let sku = &vendor.sku()?.id;
    for operation in ["empty_cart", "remove_cart_line"] {
        let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
        let session = shopper.open_payment().await?;
        let request = shopper.ask(operation)?;
        let request = if operation == "remove_cart_line" { request.path("sku", sku) } else { request };
        request.send().await?.succeeded()?;
        shopper.await_payment(&session.id, "expired").await?;
        await_stock(&vendor, 5).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_deleted_account_gives_up_its_session() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (account, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let session = shopper.open_payment().await?;
    shopper.ask("delete_me")?.json(&json!({ "password": account.password })).send().await?.succeeded()?;
    await_stock(&vendor, 5).await?;
    assert_eq!(reqwest::get(Market::page(&session)?).await?.status(), 410, "the checkout page is closed");
    Ok(())
}

#[tokio::test]
async fn a_shopper_whose_holds_end_unpaid_may_hold_half_until_one_is_paid() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let sku = &vendor.sku()?.id;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    for _ in 0..3 {
        let session = shopper.open_payment().await?;
        cancel(&shopper, &session.id).await?.succeeded()?;
    }
    let seen = shopper.cart().await?.as_seen();
    let refusal = shopper.try_to_pay(&seen, "fourth").await?.refused_with("unpaid_holds", 429)?;
    assert_eq!(refusal.field_errors(), [("/lines/0/quantity".to_owned(), "too_many".to_owned())]);
    assert!(refusal.header("retry-after").is_some(), "{refusal}");
    assert_eq!(vendor.stock().await?, 5);

    shopper.set_cart_line(sku, 2).await?;
    shopper.buy().await?;
    shopper.set_cart_line(sku, 3).await?;
    shopper.open_payment().await?;
    assert_eq!(vendor.stock().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_cart_that_changes_during_the_checkout_continues_its_hold() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let sku = &vendor.sku()?.id;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 5).await?;
    shopper.open_payment().await?;
    for quantity in [4, 5, 3, 5] {
        shopper.set_cart_line(sku, quantity).await?;
        assert_eq!(shopper.open_payment().await?.state, "open");
        assert_eq!(vendor.stock().await?, 5 - quantity);
    }
    Ok(())
}

#[tokio::test]
async fn requests_for_the_same_cart_at_the_same_time_get_the_same_session() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 3).await?;
    let seen = shopper.cart().await?.as_seen();
    let keys = ["one", "two", "three"];
    let answers = try_join_all(keys.iter().map(|key| shopper.try_to_pay(&seen, key))).await?;
    let sessions = answers.into_iter().map(|answer| answer.read()).collect::<Result<Vec<PaymentSession>>>()?;
    assert!(sessions.iter().all(|session| session.id == sessions[0].id), "{sessions:?}");
    assert_eq!(vendor.stock().await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_session_shows_what_is_bought_and_until_when_its_page_can_be_paid() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let id = shopper.open_payment().await?.id;
    let session = shopper.ask("get_payment_session")?.path("id", &id).send().await?.succeeded()?.body;
    let line = &session["shops"][0]["lines"][0];
    assert_eq!(
        (&session["shops"][0]["shop"], &line["product_id"], &line["quantity"], &line["total"]["amount"]),
        (&json!(vendor.shop.id), &json!(vendor.product.id), &json!(2), &json!(3_700))
    );
    let time = |name: &str| session[name].as_str().unwrap_or_default().parse::<Timestamp>();
    assert!(Timestamp::now() < time("url_expires_at")? && time("url_expires_at")? < time("held_until")?);
    let cart = shopper.ask("get_cart")?.send().await?.succeeded()?.body;
    assert_eq!(cart["lines"][0]["product_id"], json!(vendor.product.id));
    Ok(())
}

#[tokio::test]
async fn a_line_that_is_no_longer_for_sale_is_named_as_gone() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(1_850, 3).await?, market.vendor(900, 3).await?];
    let (_, shopper) = market.shopper_with_cart(&[&vendors[0], &vendors[1]], 1).await?;
    let before = shopper.cart().await?.as_seen();
    let gone = &vendors[1];
    gone.client.ask("delete_product")?.path("product", &gone.product.id).send().await?.succeeded()?;
    let at = before["lines"]
        .as_array()
        .and_then(|lines| lines.iter().position(|line| line["sku"] == gone.product.skus[0].id))
        .expect("the line");
    let refusal = shopper.try_to_pay(&before, "before").await?.refused_with("sold_out", 409)?;
    assert_eq!(refusal.field_errors(), [(format!("/lines/{at}"), "gone".to_owned())]);
    // The cart shows such a line apart, so the shopper does not send it.
    let after = shopper.cart().await?.as_seen();
    let refusal = shopper.try_to_pay(&after, "after").await?.refused_with("sold_out", 409)?;
    assert_eq!(refusal.field_errors(), [("/lines".to_owned(), "gone".to_owned())]);
    Ok(())
}
