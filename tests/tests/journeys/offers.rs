//! Offers: lower prices within a window of time.

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::ProductId;
use souk_testkit::{Answer, Client, NewProduct, NewSku, PATIENCE, Request, Result, await_until};
use souk_tests::{Market, Vendor, keys};

use crate::lists::read_all;

#[tokio::test]
async fn an_offer_price_applies_only_within_its_window() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 50).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let before = shopper.cart().await?.as_seen();

    let now = Timestamp::now();
    offer(&vendor, 1_200, now - hours(1), now + hours(1)).await?.succeeded()?;
    assert_eq!(price(&vendor).await?, 1_200);
    let cart = shopper.cart().await?;
    assert_eq!((cart.lines[0].unit_price.amount, cart.total.amount), (1_200, 2_400));
    shopper.try_to_pay(&before, "as-it-was").await?.refused_with("cart_changed", 409)?;
    let session: Value = shopper.try_to_pay(&cart.as_seen(), "as-it-is").await?.read()?;
    assert_eq!(session["total"]["amount"], 2_400);

    // The window ends without any request.
    move_window(&market, &vendor, now - hours(2), now - hours(1)).await?;
    assert_eq!(price(&vendor).await?, 1_850);
    assert_eq!(shopper.cart().await?.total.amount, 3_700);
    shopper.try_to_pay(&cart.as_seen(), "as-it-was-on-offer").await?.refused_with("cart_changed", 409)?;
    // The window has not started yet.
    move_window(&market, &vendor, now + hours(1), now + hours(2)).await?;
    assert_eq!(price(&vendor).await?, 1_850);
    Ok(())
}

#[tokio::test]
async fn an_offer_ends_without_a_write() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 50).await?;
    let now = Timestamp::now();
    offer(&vendor, 1_200, now, now + SignedDuration::from_secs(3)).await?.succeeded()?;
    await_until(PATIENCE, "the offer to end", async || Ok((price(&vendor).await? == 1_850).then_some(()))).await?;
    assert!(Timestamp::now() >= now + SignedDuration::from_secs(3));
    let (_, admin) = market.admin().await?;
    admin.await_version(&vendor.shop.slug, &vendor.product.id, 2).await?;
    assert!(listed(&vendor).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_planned_offer_is_visible_only_to_its_seller() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 50).await?;
    let now = Timestamp::now();
    offer(&vendor, 1_200, now + hours(1), now + hours(2)).await?.succeeded()?;
    let shown = vendor.client.ask("get_product")?.path("slug", &vendor.product.slug).send().await?.succeeded()?.body;
    assert_eq!((&shown["offer"], &shown["skus"][0]["price"]["amount"]), (&Value::Null, &json!(1_850)));
    assert_eq!(own(&vendor).await?["planned_offer"]["price"]["amount"], 1_200);
    let (_, admin) = market.admin().await?;
    admin.await_version(&vendor.shop.slug, &vendor.product.id, 2).await?;
    assert!(listed(&vendor).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_variant_with_its_own_price_is_not_on_offer() -> Result {
    let market = Market::open()?;
    let mut vendor = market.vendor(1_850, 50).await?;
    let own_price = json!({ "stock": 9, "colour": "Gold", "price": { "amount": 5_000, "currency": "EUR" } });
    let mut product = NewProduct::new("Two mugs", 1_850, [NewSku::new(9)]);
    product.0["skus"] = json!([{ "stock": 9 }, own_price]);
    vendor.product = vendor.client.create_product(&product).await?;
    let now = Timestamp::now();
    offer(&vendor, 1_200, now - hours(1), now + hours(1)).await?.succeeded()?;
    let product = vendor.client.product(&vendor.product.slug).await?;
    let prices: Vec<i64> = product.skus.iter().map(|sku| sku.price.amount).collect();
    assert_eq!(prices, [1_200, 5_000]);
    Ok(())
}

#[tokio::test]
async fn an_offer_must_be_below_the_other_prices_and_end_in_the_future() -> Result {
    let market = Market::open()?;
    let mut vendor = market.vendor(1_850, 50).await?;
    let product = NewProduct::new("Mug on sale", 1_850, [NewSku::new(9)]).sale_price(1_500);
    vendor.product = vendor.client.create_product(&product).await?;
    let now = Timestamp::now();
    for (cents, starts, ends, pointer, code) in [
        (1_500, now, now + hours(1), "/price/amount", "not_below_price"),
        (0, now, now + hours(1), "/price/amount", "out_of_range"),
        (1_200, now - hours(2), now - hours(1), "/ends_at", "out_of_range"),
        (1_200, now + hours(2), now + hours(1), "/ends_at", "out_of_range"),
    ] {
        let refusal = offer(&vendor, cents, starts, ends).await?.refused_with("invalid_input", 422)?;
        assert_eq!(refusal.field_errors(), [(pointer.to_owned(), code.to_owned())]);
    }
    let request = vendor.client.ask("set_offer")?.path("product", &vendor.product.id);
    let refusal = request.json(&json!({ "price": { "amount": 1, "currency": "USD" }, "ends_at": "tomorrow" })).send();
    let refusal = refusal.await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("/ends_at".to_owned(), "malformed".to_owned())]);
    assert_eq!(own(&vendor).await?["planned_offer"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_offers_leave_one_complete_offer() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 50).await?;
    let version = own(&vendor).await?["version"].as_u64();
    let now = Timestamp::now();
    let ends = |n: i64| now + hours(n);
    let offers = (1..=50).map(|n| try_offer(&vendor, 1_000 + n, now - hours(1), ends(n)));
    let answers = try_join_all(offers).await?;
    let (set, later): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    for refusal in later {
        refusal.refused_with("unavailable", 503)?;
    }
    let product = own(&vendor).await?;
    let written = u64::try_from(set.len())?;
    assert!(written > 0);
    assert_eq!(
        product["version"].as_u64(),
        version.map(|version| version + written),
        "every accepted offer makes a version"
    );
    let stored = &product["planned_offer"]["price"];
    assert!(set.iter().any(|answer| answer.body["price"] == *stored), "{stored} was refused");
    let price = product["planned_offer"]["price"]["amount"].as_i64().expect("a price");
    let at: Timestamp = product["planned_offer"]["ends_at"].as_str().expect("a time").parse()?;
    assert_eq!(at.as_millisecond(), ends(price - 1_000).as_millisecond());
    let pointer = market.cloud.item(&keys::offer(ProductId::parse(&vendor.product.id)?)).await?.expect("a pointer");
    assert_eq!(pointer["ends_at"], at.as_millisecond());
    Ok(())
}

#[tokio::test]
async fn offers_on_sale_are_listed_with_the_first_to_end_first() -> Result {
    let market = Market::open()?;
    let mut vendor = market.vendor(1_850, 50).await?;
    let now = Timestamp::now();
    let mut products = Vec::new();
    for n in [3, 1, 2] {
        vendor.product = vendor.client.create_product(&NewProduct::new("Mug", 1_850, [NewSku::new(9)])).await?;
        offer(&vendor, 1_000, now - hours(1), now + hours(n)).await?.succeeded()?;
        products.push(vendor.product.clone());
    }
    let [last, first, second] = [0, 1, 2].map(|n: usize| products[n].id.as_str());
    await_listed(&vendor, &[first, second, last]).await?;
    let all = read_all(&market.anonymous()?, "list_offers", 100).await?;
    let own: Vec<&str> = all.iter().filter_map(|product| product["id"].as_str()).collect();
    let own: Vec<&str> = own.into_iter().filter(|id| products.iter().any(|product| product.id == *id)).collect();
    assert_eq!(own, [first, second, last]);

    // The product is taken off sale and put back on sale.
    set_status(&vendor.client, first, "draft").await?;
    await_listed(&vendor, &[second, last]).await?;
    set_status(&vendor.client, first, "active").await?;
    await_listed(&vendor, &[first, second, last]).await?;
    // The seller ends the offer. Ending it again succeeds.
    for _ in 0..2 {
        let ended = vendor.client.ask("end_offer")?.path("product", second).send().await?.succeeded()?;
        assert_eq!(ended.status, 204);
    }
    await_listed(&vendor, &[first, last]).await?;
    Ok(())
}

#[tokio::test]
async fn an_offer_on_another_sellers_or_a_deleted_product_is_refused() -> Result {
    let market = Market::open()?;
    let [vendor, other] = [market.vendor(1_850, 50).await?, market.vendor(1_850, 50).await?];
    let now = Timestamp::now();
    let foreign = Vendor { client: other.client.clone(), ..vendor.clone() };
    offer(&foreign, 1_200, now, now + hours(1)).await?.refused_with("not_found", 404)?;
    foreign
        .client
        .ask("end_offer")?
        .path("product", &vendor.product.id)
        .send()
        .await?
        .refused_with("not_found", 404)?;
    vendor.client.ask("delete_product")?.path("product", &vendor.product.id).send().await?.succeeded()?;
    offer(&vendor, 1_200, now, now + hours(1)).await?.refused_with("product_deleted", 409)?;
    Ok(())
}

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

async fn offer(vendor: &Vendor, cents: i64, starts_at: Timestamp, ends_at: Timestamp) -> Result<Answer> {
    set_offer(vendor, cents, starts_at, ends_at)?.send().await
}

/// Sets an offer where many requests compete, so a busy server is a valid answer.
async fn try_offer(vendor: &Vendor, cents: i64, starts_at: Timestamp, ends_at: Timestamp) -> Result<Answer> {
    set_offer(vendor, cents, starts_at, ends_at)?.allow_busy().send().await
}

fn set_offer(vendor: &Vendor, cents: i64, starts_at: Timestamp, ends_at: Timestamp) -> Result<Request<'_>> {
    let price = json!({ "amount": cents, "currency": "EUR" });
    let offer = json!({ "price": price, "starts_at": starts_at, "ends_at": ends_at });
    Ok(vendor.client.ask("set_offer")?.path("product", &vendor.product.id).json(&offer))
}

/// Moves the window of an offer, in place of waiting.
async fn move_window(market: &Market, vendor: &Vendor, starts_at: Timestamp, ends_at: Timestamp) -> Result {
    let key = keys::product(ProductId::parse(&vendor.product.id)?);
    let mut offer = market.cloud.item(&key).await?.expect("a product")["offer"].clone();
    (offer["starts_at"], offer["ends_at"]) = (starts_at.as_millisecond().into(), ends_at.as_millisecond().into());
    market.cloud.set(&key, &[("offer", offer)]).await
}

/// Returns the public price of the first variant.
async fn price(vendor: &Vendor) -> Result<i64> {
    Ok(vendor.client.product(&vendor.product.slug).await?.skus[0].price.amount)
}

/// Reads the product as its seller sees it.
async fn own(vendor: &Vendor) -> Result<Value> {
    let product = vendor.client.ask("get_own_product")?.path("product", &vendor.product.id);
    Ok(product.send().await?.succeeded()?.body)
}

/// Reads all offers of the shop, one per page.
async fn listed(vendor: &Vendor) -> Result<Vec<String>> {
    let shop = [("slug", vendor.shop.slug.as_str())];
    let offers = vendor.client.search_through("list_shop_offers", &shop, 1, async || Ok(())).await?;
    Ok(offers.iter().filter_map(|offer| offer["id"].as_str().map(str::to_owned)).collect())
}

async fn await_listed(vendor: &Vendor, ids: &[&str]) -> Result {
    await_until(PATIENCE, "the shop's offers to be listed", async || Ok((listed(vendor).await? == ids).then_some(())))
        .await
}

async fn set_status(client: &Client, product: &str, status: &str) -> Result {
    let request = client.ask("set_product_status")?.path("product", product);
    request.json(&json!({ "status": status })).send().await?.succeeded().map(drop)
}
