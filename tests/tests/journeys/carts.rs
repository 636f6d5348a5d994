//! Carts of guests and shoppers, and merging them at sign-in.

use std::collections::BTreeMap;

use futures::future::{join, try_join_all};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::{CartId, GuestCartId};
use souk_testkit::{Answer, Client, NewProduct, NewSku, Result};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn a_guest_fills_changes_and_empties_a_cart() -> Result {
    let market = Market::open()?;
    let (mug, bowl) = (market.vendor(1_850, 5).await?, market.vendor(900, 5).await?);
    let guest = Guest::of(&market).await?;
    guest.set(&mug, 2).await?.succeeded()?;
    let filled = guest.set(&bowl, 1).await?.succeeded()?;
    assert_eq!(filled.body["total"]["amount"], 4_600);
    assert_eq!(filled.body, guest.show().await?.succeeded()?.body);

    guest.set(&mug, 6).await?.refused_with("sold_out", 409)?;
    let removed = guest.remove(&mug).await?.succeeded()?;
    assert_eq!(quantities(&removed.body), of(&[(&bowl, 1)])?);
    assert_eq!(guest.remove(&mug).await?.succeeded()?.body, removed.body, "removing a line that does not exist");
    for _ in 0..2 {
        assert!(quantities(&guest.empty().await?.succeeded()?.body).is_empty());
    }
    guest.set(&mug, 1).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_shopper_removes_lines_and_empties_the_cart() -> Result {
    let market = Market::open()?;
    let (mug, bowl) = (market.vendor(1_850, 5).await?, market.vendor(900, 5).await?);
    let (_, shopper) = market.shopper().await?;
    let remove = async |vendor: &Vendor| shopper.ask("remove_cart_line")?.path("sku", &vendor.sku()?.id).send().await;
    let empty = async || shopper.ask("empty_cart")?.send().await;
    for answer in [remove(&mug).await?, empty().await?] {
        assert!(quantities(&answer.succeeded()?.body).is_empty(), "a cart that was never filled");
    }
    shopper.set_cart_line(&mug.sku()?.id, 2).await?;
    shopper.set_cart_line(&bowl.sku()?.id, 1).await?;
    for _ in 0..2 {
        assert_eq!(quantities(&remove(&mug).await?.succeeded()?.body), of(&[(&bowl, 1)])?);
        assert_eq!(version(&market, &shopper).await?, 3, "a request that changes nothing keeps the version");
    }
    for _ in 0..2 {
        assert!(quantities(&empty().await?.succeeded()?.body).is_empty());
        assert_eq!(version(&market, &shopper).await?, 4);
    }
    Ok(())
}

#[tokio::test]
async fn parallel_lines_in_a_new_cart_are_all_kept() -> Result {
    let market = Market::open()?;
    let skus = variants(&market, 10).await?;
    let (_, shopper) = market.shopper().await?;
    try_join_all(skus.iter().map(|sku| shopper.set_cart_line(sku, 1))).await?;
    assert_eq!(shopper.cart().await?.lines.len(), skus.len());
    assert_eq!(version(&market, &shopper).await?, 10);
    Ok(())
}

#[tokio::test]
async fn merging_a_guest_cart_keeps_the_larger_quantities() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(1_850, 9).await?, market.vendor(900, 9).await?, market.vendor(500, 9).await?];
    let [mug, bowl, plate] = &vendors;
    let (_, shopper) = market.shopper().await?;
    shopper.set_cart_line(&mug.sku()?.id, 1).await?;
    shopper.set_cart_line(&bowl.sku()?.id, 4).await?;
    let guest = Guest::of(&market).await?;
    for (vendor, quantity) in [(mug, 3), (bowl, 2), (plate, 1)] {
        guest.set(vendor, quantity).await?.succeeded()?;
    }
    let merged = guest.merge_into(&shopper).await?.succeeded()?;
    assert_eq!(quantities(&merged.body), of(&[(mug, 3), (bowl, 4), (plate, 1)])?);
    assert_eq!(merged.body["dropped"], json!([]));
    assert_eq!(shopper.cart().await?.lines.len(), 3);
    guest.show().await?.refused_with("not_found", 404)?;
    Ok(())
}

#[tokio::test]
async fn a_merge_reports_dropped_lines_and_a_retry_gives_the_same_report() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(1_850, 5).await?, market.vendor(900, 1).await?, market.vendor(500, 9).await?];
    let [short, rare, plenty] = &vendors;
    let guest = Guest::of(&market).await?;
    let gone = "sku_0199dc31c0de7a10a4f25b6c7d8e9f01_1";
    for (vendor, quantity) in [(short, 5), (rare, 1), (plenty, 2)] {
        guest.set(vendor, quantity).await?.succeeded()?;
    }
    let mut lines = market.cloud.item(&guest.key()?).await?.expect("a guest's cart")["lines"].clone();
    lines[gone] = json!(2);
    market.cloud.set(&guest.key()?, &[("lines", lines)]).await?;
    let (_, other) = market.shopper_with_cart(&[rare], 1).await?;
    other.set_cart_line(&short.sku()?.id, 3).await?;
    other.open_payment().await?;

    let (_, shopper) = market.shopper().await?;
    let merged = guest.merge_into(&shopper).await?.succeeded()?;
    assert_eq!(quantities(&merged.body), of(&[(short, 2), (plenty, 2)])?);
    let expected = BTreeMap::from([
        (short.sku()?.id.clone(), json!(["stock_limited", 5, 2])),
        (rare.sku()?.id.clone(), json!(["sold_out", 1, 0])),
        (gone.to_owned(), json!(["gone", 2, 0])),
    ]);
    assert_eq!(dropped(&merged.body), expected);

    shopper.ask("remove_cart_line")?.path("sku", &plenty.sku()?.id).send().await?.succeeded()?;
    let again = guest.merge_into(&shopper).await?.succeeded()?;
    assert_eq!(again.body["dropped"], merged.body["dropped"]);
    assert_eq!(quantities(&again.body), of(&[(short, 2)])?, "a line that was removed since stays removed");
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_merges_have_one_effect_and_one_report() -> Result {
    let market = Market::open()?;
    let (mug, bowl) = (market.vendor(1_850, 9).await?, market.vendor(900, 2).await?);
    let (_, shopper) = market.shopper_with_cart(&[&mug], 1).await?;
    let guest = Guest::of(&market).await?;
    guest.set(&mug, 2).await?.succeeded()?;
    guest.set(&bowl, 2).await?.succeeded()?;
    market.shopper_with_cart(&[&bowl], 1).await?.1.open_payment().await?;

    let answers = try_join_all((0..50).map(|_| guest.merge_into(&shopper))).await?;
    let expected = BTreeMap::from([(bowl.sku()?.id.clone(), json!(["stock_limited", 2, 1]))]);
    for answer in answers {
        let answer = answer.succeeded()?;
        assert_eq!(quantities(&answer.body), of(&[(&mug, 2), (&bowl, 1)])?);
        assert_eq!(dropped(&answer.body), expected);
    }
    assert_eq!(version(&market, &shopper).await?, 2);
    Ok(())
}

#[tokio::test]
async fn only_one_of_two_shoppers_can_merge_a_guest_cart() -> Result {
    let market = Market::open()?;
    let mug = market.vendor(1_850, 9).await?;
    let ((_, one), (_, other)) = (market.shopper().await?, market.shopper().await?);
    let guest = Guest::of(&market).await?;
    guest.set(&mug, 1).await?.succeeded()?;
    let (first, second) = join(guest.merge_into(&one), guest.merge_into(&other)).await;
    let (won, lost): (Vec<_>, Vec<_>) = [first?, second?].into_iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    for refusal in lost {
        refusal.refused_with("not_found", 404)?;
    }
    let lines = one.cart().await?.lines.len() + other.cart().await?.lines.len();
    assert_eq!(lines, 1, "one of the two carts has the line");
    Ok(())
}

#[tokio::test]
async fn a_line_that_is_set_during_a_merge_is_merged_or_refused() -> Result {
    let market = Market::open()?;
    let skus = variants(&market, 6).await?;
    let (_, shopper) = market.shopper().await?;
    let guest = Guest::of(&market).await?;
    let sets = try_join_all(skus.iter().map(|sku| guest.set_sku(sku, 1)));
    let (answers, merged) = join(sets, guest.merge_into(&shopper)).await;
    merged?.succeeded()?;
    let cart = guest.merge_into(&shopper).await?.succeeded()?;
    for (sku, answer) in skus.iter().zip(answers?) {
        let came = quantities(&cart.body).contains_key(sku);
        if !came {
            answer.refused_with("not_found", 404)?;
        } else {
            answer.succeeded()?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_merge_keeps_the_open_session_and_the_next_one_contains_the_merged_lines() -> Result {
    let market = Market::open()?;
    let (last, bowl) = (market.vendor(1_850, 1).await?, market.vendor(900, 3).await?);
    let guest = Guest::of(&market).await?;
    guest.set(&last, 1).await?.succeeded()?;
    guest.set(&bowl, 2).await?.succeeded()?;
    let (_, shopper) = market.shopper_with_cart(&[&last], 1).await?;
    let first = shopper.open_payment().await?;
    assert_eq!(last.stock().await?, 0);

    let merged = guest.merge_into(&shopper).await?.succeeded()?;
    assert_eq!(
        quantities(&merged.body),
        of(&[(&last, 1), (&bowl, 2)])?,
        "the shopper's own hold does not reduce what is available"
    );
    assert_eq!(merged.body["dropped"], json!([]));
    assert_eq!(shopper.payment(&first.id).await?.state, "open");
    assert_eq!(bowl.stock().await?, 3);

    let second = shopper.open_payment().await?;
    assert_ne!(first.id, second.id);
    assert_eq!(second.total.amount, 3_650);
    assert_eq!(shopper.payment(&first.id).await?.state, "superseded");
    Ok(())
}

#[tokio::test]
async fn an_expired_guest_cart_is_not_found() -> Result {
    let market = Market::open()?;
    let mug = market.vendor(1_850, 9).await?;
    let (_, shopper) = market.shopper().await?;
    let guest = Guest::of(&market).await?;
    guest.set(&mug, 1).await?.succeeded()?;
    let past = json!((Timestamp::now() - SignedDuration::from_secs(1)).as_millisecond());
    market.cloud.set(&guest.key()?, &[("expires_at", past)]).await?;
    let answers = [guest.show().await?, guest.set(&mug, 1).await?, guest.remove(&mug).await?, guest.empty().await?];
    for answer in answers.into_iter().chain([guest.merge_into(&shopper).await?]) {
        answer.refused_with("not_found", 404)?;
    }
    assert!(shopper.cart().await?.lines.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_change_extends_a_guest_cart_by_thirty_days_and_reading_does_not() -> Result {
    let market = Market::open()?;
    let mug = market.vendor(1_850, 9).await?;
    let guest = Guest::of(&market).await?;
    let soon = (Timestamp::now() + SignedDuration::from_mins(10)).as_millisecond();
    market.cloud.set(&guest.key()?, &[("expires_at", json!(soon))]).await?;
    let expiry = async || {
        let item = market.cloud.item(&guest.key()?).await?.expect("a guest's cart");
        Ok::<_, souk_testkit::Failed>((item["expires_at"].as_i64(), item["ttl"].as_i64()))
    };
    guest.show().await?.succeeded()?;
    guest.remove(&mug).await?.succeeded()?;
    assert_eq!(expiry().await?.0, Some(soon), "nothing has changed");
    guest.set(&mug, 1).await?.succeeded()?;
    let (expires_at, ttl) = expiry().await?;
    let month = (Timestamp::now() + SignedDuration::from_hours(24 * 30)).as_millisecond();
    let kept = expires_at.expect("a time");
    assert!((month - 60_000..=month + 60_000).contains(&kept), "{kept}");
    assert_eq!(ttl, Some(kept / 1_000));
    Ok(())
}

#[tokio::test]
async fn the_guest_endpoints_cannot_reach_a_shoppers_cart() -> Result {
    let market = Market::open()?;
    let mug = market.vendor(1_850, 9).await?;
    let (_, shopper) = market.shopper_with_cart(&[&mug], 2).await?;
    let (_, other) = market.shopper().await?;
    let own = cart_of(&shopper).await?;
    let uuid = own.trim_start_matches("cart_");
    for id in [own.clone(), format!("gcart_{uuid}"), format!("user_{uuid}"), uuid.to_owned()] {
        let attacker = Guest { client: market.anonymous()?, cart: id };
        let answers = [
            attacker.show().await?,
            attacker.set(&mug, 1).await?,
            attacker.remove(&mug).await?,
            attacker.empty().await?,
        ];
        for answer in answers {
            answer.refused_with("not_found", 404)?;
        }
    }
    let as_guest = Guest { client: market.anonymous()?, cart: format!("gcart_{uuid}") };
    as_guest.merge_into(&other).await?.refused_with("not_found", 404)?;
    let bare = Guest { client: market.anonymous()?, cart: own };
    let refusal = bare.merge_into(&other).await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("/cart".to_owned(), "malformed".to_owned())]);
    assert_eq!(shopper.cart().await?.lines[0].quantity, 2);
    Ok(())
}

#[tokio::test]
async fn a_cart_holds_at_most_a_hundred_skus() -> Result {
    let market = Market::open()?;
    let (mug, bowl) = (market.vendor(1_850, 9).await?, market.vendor(900, 9).await?);
    let mut others: Value = json!({});
    for number in 1..=99 {
        others[format!("sku_0199dc31c0de7a10a4f25b6c7d8e9f01_{number}")] = json!(1);
    }
    let guest = Guest::of(&market).await?;
    market.cloud.set(&guest.key()?, &[("lines", others.clone())]).await?;
    guest.set(&mug, 1).await?.succeeded()?;
    let refusal = guest.set(&bowl, 1).await?.refused_with("cart_full", 409)?;
    assert!(refusal.body["detail"].as_str().unwrap_or_default().contains("100"), "{refusal}");
    guest.set(&mug, 2).await?.succeeded()?;

    let (_, shopper) = market.shopper_with_cart(&[&mug], 1).await?;
    others[&mug.sku()?.id] = json!(1);
    let own = keys::cart(CartId::parse(&cart_of(&shopper).await?)?);
    market.cloud.set(&own, &[("lines", others)]).await?;
    let put = shopper.ask("set_cart_line")?.path("sku", &bowl.sku()?.id).json(&json!({ "quantity": 1 }));
    put.send().await?.refused_with("cart_full", 409)?;
    let late = Guest::of(&market).await?;
    late.set(&mug, 3).await?.succeeded()?;
    late.set(&bowl, 1).await?.succeeded()?;
    let merged = late.merge_into(&shopper).await?.succeeded()?;
    assert_eq!(quantities(&merged.body), of(&[(&mug, 3)])?);
    assert_eq!(dropped(&merged.body), BTreeMap::from([(bowl.sku()?.id.clone(), json!(["cart_full", 1, 0]))]));
    Ok(())
}

#[tokio::test]
async fn guest_carts_are_rate_limited_per_network_address() -> Result {
    let market = Market::open()?;
    let client = market.anonymous()?;
    let requests =
        (0..60).map(|_| client.ask("create_guest_cart").map(|ask| ask.send())).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(requests).await?;
    let (created, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    let mut ids: Vec<_> = created.iter().filter_map(|answer| answer.body["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), created.len(), "every request created a cart of its own");
    assert!(!refused.is_empty());
    for refusal in refused {
        refusal.refused_with("rate_limited", 429)?;
    }
    Ok(())
}

/// A client that is not signed in, with a guest cart.
struct Guest {
    client: Client,
    cart: String,
}

impl Guest {
    async fn of(market: &Market) -> Result<Self> {
        let client = market.anonymous()?;
        let created = client.ask("create_guest_cart")?.send().await?.succeeded()?;
        assert_eq!(created.status, 201);
        Ok(Self { client, cart: created.body["id"].as_str().expect("an id").to_owned() })
    }

    fn key(&self) -> Result<keys::Key> {
        Ok(keys::guest_cart(GuestCartId::parse(&self.cart)?))
    }

    async fn show(&self) -> Result<Answer> {
        self.client.ask("get_guest_cart")?.path("cart", &self.cart).send().await
    }

    async fn set(&self, vendor: &Vendor, quantity: u32) -> Result<Answer> {
        self.set_sku(&vendor.sku()?.id, quantity).await
    }

    async fn set_sku(&self, sku: &str, quantity: u32) -> Result<Answer> {
        let request = self.client.ask("set_guest_cart_line")?.path("cart", &self.cart).path("sku", sku);
        request.json(&json!({ "quantity": quantity })).send().await
    }

    async fn remove(&self, vendor: &Vendor) -> Result<Answer> {
        let request = self.client.ask("remove_guest_cart_line")?.path("cart", &self.cart);
        request.path("sku", &vendor.sku()?.id).send().await
    }

    async fn empty(&self) -> Result<Answer> {
        self.client.ask("empty_guest_cart")?.path("cart", &self.cart).send().await
    }

    async fn merge_into(&self, shopper: &Client) -> Result<Answer> {
        shopper.ask("merge_cart")?.json(&json!({ "cart": self.cart })).send().await
    }
}

/// Returns the quantities of a cart's lines that can be bought, by SKU.
fn quantities(cart: &Value) -> BTreeMap<String, u64> {
    let line = |line: &Value| Some((line["sku"].as_str()?.to_owned(), line["quantity"].as_u64()?));
    cart["lines"].as_array().into_iter().flatten().filter_map(line).collect()
}

/// Returns expected quantities, by the SKU of each vendor.
fn of(lines: &[(&Vendor, u64)]) -> Result<BTreeMap<String, u64>> {
    lines.iter().map(|(vendor, quantity)| Ok((vendor.sku()?.id.clone(), *quantity))).collect()
}

/// Returns the lines that were dropped in a merge: the reason, the requested and the kept quantity, by SKU.
fn dropped(merged: &Value) -> BTreeMap<String, Value> {
    let lines = merged["dropped"].as_array().into_iter().flatten();
    let line =
        |line: &Value| Some((line["sku"].as_str()?.to_owned(), json!([line["reason"], line["wanted"], line["kept"]])));
    lines.filter_map(line).collect()
}

/// Creates a product with `count` variants and returns the SKUs.
async fn variants(market: &Market, count: u32) -> Result<Vec<String>> {
    let vendor = market.vendor(100, 1).await?;
    let skus = (0..count).map(|n| NewSku::new(9).size(&format!("Size {n}")));
    let product = vendor.client.create_product(&NewProduct::new("Plate", 500, skus)).await?;
    Ok(product.skus.into_iter().map(|sku| sku.id).collect())
}

async fn cart_of(shopper: &Client) -> Result<String> {
    let cart = shopper.ask("get_cart")?.send().await?.succeeded()?;
    Ok(cart.body["id"].as_str().expect("an id").to_owned())
}

/// Returns the cart's version, which counts its changes.
async fn version(market: &Market, shopper: &Client) -> Result<u64> {
    let key = keys::cart(CartId::parse(&cart_of(shopper).await?)?);
    let item = market.cloud.item(&key).await?.expect("a cart");
    Ok(item["version"].as_u64().expect("a version"))
}
