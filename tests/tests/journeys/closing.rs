//! Shops that close: deletion, restoration, purge, and the ban of the seller.

use futures::future::{try_join, try_join_all};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::{Email, Realm, ShopId, code::Purpose};
use souk_store_shops::shops::RESTORABLE;
use souk_testkit::{Failed, PATIENCE, Result, await_until};
use souk_tests::{Market, Vendor, keys};

use crate::{
    codes::{await_codes, expire_cooldown, wrong_code_for},
    lists::read_all,
    shops::{follow, product},
};

#[tokio::test]
async fn a_deleted_shop_and_its_products_leave_every_list_until_it_is_restored() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    follow(&shopper, &vendor.shop.id).await?.succeeded()?;
    await_shown(&market, &vendor, true).await?;

    for _ in 0..2 {
        let deleted = vendor.client.ask("delete_shop")?.send().await?.succeeded()?.body;
        assert_eq!((&deleted["open"], deleted["restorable_until"].is_string()), (&json!(false), true));
    }
    await_shown(&market, &vendor, false).await?;
    product(&vendor).await?.refused_with("not_found", 404)?;
    assert!(shopper.cart().await?.lines.is_empty(), "a product that is not on sale leaves the cart");
    let anonymous = market.anonymous()?;
    anonymous.ask("get_shop")?.path("slug", &vendor.shop.slug).send().await?.refused_with("not_found", 404)?;
    let followed = shopper.ask("list_followed_shops")?.send().await?.succeeded()?.body;
    assert_eq!((&followed["items"][0]["id"], followed["items"][0].get("shop")), (&json!(vendor.shop.id), None));
    let (_, late) = market.shopper().await?;
    follow(&late, &vendor.shop.id).await?.refused_with("not_found", 404)?;
    let edit = json!({ "name": "Blue Kiln" });
    vendor.client.ask("edit_shop")?.json(&edit).send().await?.refused_with("shop_deleted", 409)?;
    vendor.client.ask("create_shop")?.json(&edit).send().await?.refused_with("shop_exists", 409)?;

    for _ in 0..2 {
        let restored = vendor.client.ask("restore_shop")?.send().await?.succeeded()?.body;
        assert_eq!((&restored["open"], &restored["followers"]), (&json!(true), &json!(1)));
    }
    await_shown(&market, &vendor, true).await?;
    assert_eq!(shopper.cart().await?.lines.len(), 1);
    follow(&late, &vendor.shop.id).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn parallel_deletions_and_restorations_leave_shop_and_products_in_one_state() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let ask = |operation: &'static str| {
        let client = &vendor.client;
        try_join_all((0..4).map(move |_| async move { client.ask(operation)?.send().await }))
    };
    let (deletions, restorations) = try_join(ask("delete_shop"), ask("restore_shop")).await?;
    for answer in deletions.into_iter().chain(restorations) {
        answer.succeeded()?;
    }
    let open = vendor.client.ask("get_own_shop")?.send().await?.succeeded()?.body["open"] == true;
    await_shown(&market, &vendor, open).await?;
    let barred = market.cloud.item(&keys::barred_seller(&Email::parse(&vendor.account.email)?)).await?;
    assert_eq!(barred.is_none(), open);
    Ok(())
}

#[tokio::test]
async fn the_seller_of_a_deleted_shop_can_delete_the_account_and_cannot_register_again() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let leave = json!({ "password": vendor.account.password });
    vendor.client.ask("delete_me")?.json(&leave).send().await?.refused_with("shop_exists", 409)?;
    vendor.client.ask("delete_shop")?.send().await?.succeeded()?;
    let other = market.anonymous()?.sign_in(&vendor.account).await?;
    vendor.client.ask("delete_me")?.json(&leave).send().await?.succeeded()?;
    other.ask("restore_shop")?.send().await?.refused_with("not_signed_in", 401)?;

    // The answer and the mail do not reveal that the address is barred. Only the owner of the code learns it.
    let (anonymous, email) = (market.anonymous()?, vendor.account.email.as_str());
    expire_cooldown(&market, Purpose::ConfirmRegistration, Realm::Sellers, email).await?;
    assert_eq!(anonymous.register(&vendor.account).await?.succeeded()?.status, 202);
    let code = await_codes(&market, email, 2).await?;
    anonymous.confirm(&vendor.account, wrong_code_for(&code)).await?.refused_with("wrong_code", 422)?;
    anonymous.confirm(&vendor.account, &code).await?.refused_with("seller_barred", 403)?;
    anonymous.login(&vendor.account).await?.refused_with("wrong_credentials", 401)?;
    Ok(())
}

#[tokio::test]
async fn the_shop_of_a_banned_seller_is_closed_until_the_ban_is_lifted() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor) = (market.admin().await?, market.vendor(1_850, 5).await?);
    let seller = vendor.shop.id.replace("shop_", "seller_");
    let reason = json!({ "reason": "Sold forged goods" });
    for (operation, open) in [("ban", false), ("lift_ban", true)] {
        let request = admin.ask(operation)?.path("principal", &seller);
        let request = if open { request } else { request.json(&reason) };
        request.send().await?.succeeded()?;
        await_until(PATIENCE, &format!("the shop to be open: {open}"), async || {
            let own = market.anonymous()?.ask("get_shop")?.path("slug", &vendor.shop.slug).send().await?;
            let product = product(&vendor).await?;
            Ok(([own.status, product.status] == if open { [200, 200] } else { [404, 404] }).then_some(()))
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_shop_deleted_four_weeks_ago_is_purged_and_its_orders_stay() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let order = shopper.buy().await?;
    follow(&shopper, &vendor.shop.id).await?.succeeded()?;
    vendor.client.ask("delete_shop")?.query("despite_undelivered_orders", "true").send().await?.succeeded()?;
    expire_deletion(&market, &vendor).await?;
    vendor.client.ask("restore_shop")?.send().await?.refused_with("shop_closed", 409)?;

    // Purges overlap: two run at once, and then another one.
    try_join_all((0..2).map(|_| market.call("purge-shops", &Value::Null))).await?;
    await_until(PATIENCE, "the shop to be purged", async || {
        market.call("purge-shops", &Value::Null).await?;
        Ok(market.cloud.item(&keys::shop(vendor.shop.id.parse()?)).await?.is_none().then_some(()))
    })
    .await?;

    vendor.client.ask("get_own_shop")?.send().await?.refused_with("no_shop", 409)?;
    let again = json!({ "name": "Kiln", "slug": vendor.shop.slug });
    vendor.client.ask("create_shop")?.json(&again).send().await?.refused_with("shop_closed", 409)?;
    product(&vendor).await?.refused_with("not_found", 404)?;
    let followed = shopper.ask("list_followed_shops")?.send().await?.succeeded()?.body;
    assert_eq!(followed["items"], json!([]));
    assert!(market.cloud.partition(&keys::followers(vendor.shop.id.parse()?)).await?.is_empty());
    let (_, other) = market.seller().await?;
    other.ask("create_shop")?.json(&again).send().await?.succeeded()?;

    let kept = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert!(kept.to_string().contains(&vendor.product.title));
    vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?;
    Ok(())
}

/// Moves a deletion far into the past, in the item and in the list that the schedule reads.
async fn expire_deletion(market: &Market, vendor: &Vendor) -> Result {
    let shop: ShopId = vendor.shop.id.parse()?;
    let deleted_at = Timestamp::now() - RESTORABLE - SignedDuration::from_mins(1);
    let list_key = keys::among_deleted_shops(deleted_at + RESTORABLE, shop);
    let expired = [("deleted_at", json!(deleted_at.as_millisecond())), ("gsi1sk", json!(list_key.at))];
    market.cloud.set(&keys::shop(shop), &expired).await
}

/// Waits until all lists show a shop and its product, or none does.
async fn await_shown(market: &Market, vendor: &Vendor, shown: bool) -> Result {
    let what = format!("the shop to be on every list: {shown}");
    await_until(PATIENCE, &what, async || Ok((shown_in(market, vendor).await? == [shown; 5]).then_some(()))).await
}

/// Returns which lists show a shop and its product: all shops, the top shops, all products, the category, the shop.
async fn shown_in(market: &Market, vendor: &Vendor) -> Result<[bool; 5]> {
    let anonymous = market.anonymous()?;
    let shop = vendor.shop.slug.as_str();
    let listed = async |list| {
        Ok::<_, Failed>(
            read_all(&anonymous, list, 100).await?.iter().any(|listed| listed["id"] == vendor.shop.id.as_str()),
        )
    };
    let found = async |list, query: &[(&str, &str)]| {
        Ok::<_, Failed>(anonymous.search(list, query).await?.ids().contains(&vendor.product.id.as_str()))
    };
    Ok([
        listed("list_shops").await?,
        listed("list_top_shops").await?,
        found("list_products", &[("shop", shop)]).await?,
        found("list_products", &[("shop", shop), ("category", "home-kitchen")]).await?,
        found("list_shop_products", &[("slug", shop)]).await?,
    ])
}

#[tokio::test]
async fn a_seller_with_undelivered_orders_closes_the_shop_only_knowingly() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    shopper.buy().await?;
    let delete_shop = async |knowingly: bool| {
        let request = vendor.client.ask("delete_shop")?;
        let request = if knowingly { request.query("despite_undelivered_orders", "true") } else { request };
        request.send().await
    };
    await_until(PATIENCE, "the order in the list of undelivered ones", async || {
        Ok((delete_shop(false).await?.code() == Some("undelivered_orders")).then_some(()))
    })
    .await?;
    assert_eq!(vendor.client.ask("get_own_shop")?.send().await?.succeeded()?.body["open"], true);
    delete_shop(true).await?.succeeded()?;

    let delete_me = async |body: Value| vendor.client.ask("delete_me")?.json(&body).send().await;
    let password = &vendor.account.password;
    delete_me(json!({ "password": password })).await?.refused_with("undelivered_orders", 409)?;
    delete_me(json!({ "password": password, "despite_undelivered_orders": true })).await?.succeeded()?;
    Ok(())
}
