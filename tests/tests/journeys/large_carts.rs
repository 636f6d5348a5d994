//! Carts of a hundred lines, which exceed one transaction.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_domain::{CartId, ProductId, SkuId};
use souk_testkit::{Client, Failed, NewDiscount, NewProduct, NewSku, Product, Result};
use souk_tests::{Market, Vendor, keys};

use crate::{holds::expire_hold, many_shoppers::many_shoppers};

#[tokio::test]
async fn a_cart_of_a_hundred_lines_with_a_discount_is_held_paid_and_ordered() -> Result {
    let market = Market::open()?;
    let catalogue = HundredSkus::create(&market, 9, 9).await?;
    let discount = catalogue.vendor.client.create_discount(&NewDiscount::percent("BULK", 1_000)).await?;
    let (_, shopper) = market.shopper().await?;
    catalogue.fill(&market, &shopper, 2).await?;
    assert_eq!(shopper.apply_discount(&catalogue.vendor.shop.id, "BULK").await?.total.amount, 180_000);
    let session = shopper.open_payment().await?;
    assert_eq!((session.state.as_str(), session.total.amount), ("open", 180_000));
    assert_eq!(catalogue.stock().await?, [7; 100]);
    assert_eq!(shopper.open_payment().await?.id, session.id, "a repeated request returns the same session");

    let order = shopper.buy().await?;
    let order_view = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!(order_view["shops"][0]["lines"].as_array().map(Vec::len), Some(100));
    assert_eq!((&order_view["total"]["amount"], &order_view["pieces"]), (&json!(180_000), &json!(200)));
    assert_eq!(catalogue.stock().await?, [7; 100]);
    let cart = shopper.cart().await?;
    assert!(cart.lines.is_empty() && cart.discounts.is_empty());
    assert_eq!(catalogue.vendor.client.uses_of(&discount).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_large_cart_that_changes_or_expires_returns_everything_it_held() -> Result {
    let market = Market::open()?;
    let catalogue = HundredSkus::create(&market, 3, 3).await?;
    let discount =
        catalogue.vendor.client.create_discount(&NewDiscount::flat("BULK", 1_000).with("in_total", 1)).await?;
    let (_, shopper) = market.shopper().await?;
    catalogue.fill(&market, &shopper, 2).await?;
    shopper.apply_discount(&catalogue.vendor.shop.id, "BULK").await?;
    let first = shopper.open_payment().await?;
    shopper.set_cart_line(&catalogue.skus()[0], 1).await?;
    let second = shopper.open_payment().await?;
    assert_eq!(shopper.payment(&first.id).await?.state, "expired");
    let mut held = [1; 100];
    held[0] = 2;
    assert_eq!((catalogue.stock().await?, catalogue.vendor.client.uses_of(&discount).await?), (held.to_vec(), 1));

    expire_hold(&market, &second).await?;
    // Two runs of the schedule overlap.
    let event = json!({});
    try_join_all((0..2).map(|_| market.call("release-holds", &event))).await?;
    shopper.await_payment(&second.id, "expired").await?;
    assert_eq!((catalogue.stock().await?, catalogue.vendor.client.uses_of(&discount).await?), (vec![3; 100], 0));
    Ok(())
}

#[tokio::test]
async fn one_of_eight_large_carts_gets_the_last_piece_and_the_others_hold_nothing() -> Result {
    let market = Market::open()?;
    // The last piece belongs to the last SKU, which the second transaction takes.
    let catalogue = HundredSkus::create(&market, 99, 1).await?;
    let shoppers = many_shoppers(&market, 8).await?;
    for shopper in &shoppers {
        catalogue.fill(&market, shopper, 1).await?;
    }
    let seen = shoppers[0].cart().await?.as_seen();
    let answers = try_join_all(shoppers.iter().map(|shopper| shopper.try_to_pay(&seen, "last"))).await?;
    let (accepted, rejected): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0].body["state"], "open");
    let last = catalogue.skus().last().cloned().unwrap_or_default();
    let at = seen["lines"].as_array().and_then(|lines| lines.iter().position(|line| line["sku"] == last));
    let pointer = format!("/lines/{}/quantity", at.expect("the last line"));
    for refusal in rejected {
        let refusal = refusal.refused_with("sold_out", 409)?;
        assert_eq!(refusal.field_errors(), [(pointer.clone(), "sold_out".to_owned())]);
    }
    let mut remaining = [98; 100];
    remaining[99] = 0;
    assert_eq!(catalogue.stock().await?, remaining);
    Ok(())
}

#[tokio::test]
async fn ten_parallel_requests_with_one_key_hold_a_large_cart_once() -> Result {
    let market = Market::open()?;
    let catalogue = HundredSkus::create(&market, 9, 9).await?;
    let (_, shopper) = market.shopper().await?;
    catalogue.fill(&market, &shopper, 2).await?;
    let seen = shopper.cart().await?.as_seen();
    let mut ids = Vec::new();
    for answer in try_join_all((0..10).map(|_| shopper.try_to_pay(&seen, "once"))).await? {
        let answer = answer.succeeded()?;
        assert_eq!(answer.body["state"], "open");
        ids.push(answer.body["id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(catalogue.stock().await?, [7; 100]);
    Ok(())
}

#[tokio::test]
async fn a_cart_of_a_hundred_shops_becomes_one_order_with_a_hundred_parts() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 9).await?;
    let (product, sku) = (ProductId::parse(&vendor.product.id)?, SkuId::parse(&vendor.sku()?.id)?);
    let item = async |key| market.cloud.item(&key).await?.ok_or_else(|| Failed::new("an item does not exist"));
    let (product, sku) = (item(keys::product(product)).await?, item(keys::sku(sku)).await?);
    // A hundred shops with one product each are written straight into the table. No list shows them.
    let mut lines = BTreeMap::new();
    for _ in 0..100 {
        let uuid = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let (mut product, mut sku) = (product.clone(), sku.clone());
        for item in [&mut product, &mut sku] {
            item["pk"] = json!(format!("PRODUCT#prod_{uuid}"));
            for key in ["gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "gsi3pk", "gsi3sk"] {
                item.as_object_mut().expect("an item").remove(key);
            }
        }
        (product["id"], product["shop"]) = (json!(format!("prod_{uuid}")), json!(format!("shop_{uuid}")));
        sku["id"] = json!(format!("sku_{uuid}_1"));
        market.cloud.put(&product).await?;
        market.cloud.put(&sku).await?;
        lines.insert(format!("sku_{uuid}_1"), 1);
    }
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let cart = own_cart(&shopper).await?;
    market.cloud.set(&cart, &[("lines", json!(lines))]).await?;
    let order = shopper.buy().await?;
    let order_view = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!(order_view["total"]["amount"], 100_000);
    assert_eq!(order_view["shops"].as_array().map(Vec::len), Some(100));
    assert!(shopper.cart().await?.lines.is_empty());
    Ok(())
}

/// A vendor with a hundred SKUs at EUR 10.00.
struct HundredSkus {
    vendor: Vendor,
    products: [Product; 2],
}

impl HundredSkus {
    /// Creates the SKUs with `stock` pieces each, and `last` pieces of the last SKU.
    async fn create(market: &Market, stock: u32, last: u32) -> Result<Self> {
        let vendor = market.vendor(1_000, 1).await?;
        let new = |title: &str, last: u32| {
            let sku = |n| NewSku::new(if n == 49 { last } else { stock }).size(&format!("Size {n}"));
            NewProduct::new(title, 1_000, (0..50).map(sku))
        };
        let products = [
            vendor.client.create_product(&new("Plate", stock)).await?,
            vendor.client.create_product(&new("Bowl", last)).await?,
        ];
        Ok(Self { vendor, products })
    }

    /// Returns the SKUs in the order of their ids, like the lines of a cart.
    fn skus(&self) -> Vec<String> {
        let skus = self.products.iter().flat_map(|product| &product.skus);
        let mut ids: Vec<SkuId> = skus.filter_map(|sku| SkuId::parse(&sku.id).ok()).collect();
        ids.sort_unstable();
        ids.iter().map(ToString::to_string).collect()
    }

    /// Fills a shopper's cart with `quantity` pieces of each SKU.
    async fn fill(&self, market: &Market, shopper: &Client, quantity: u32) -> Result {
        shopper.set_cart_line(&self.skus()[0], quantity).await?;
        let lines: BTreeMap<String, u32> = self.skus().into_iter().map(|sku| (sku, quantity)).collect();
        market.cloud.set(&own_cart(shopper).await?, &[("lines", json!(lines))]).await
    }

    /// Returns the stock of each SKU, in the order of the SKUs.
    async fn stock(&self) -> Result<Vec<u32>> {
        let mut stock = BTreeMap::new();
        for product in &self.products {
            for sku in self.vendor.client.product(&product.slug).await?.skus {
                stock.insert(SkuId::parse(&sku.id)?, sku.available);
            }
        }
        Ok(stock.into_values().collect())
    }
}

async fn own_cart(shopper: &Client) -> Result<keys::Key> {
    let cart: Value = shopper.ask("get_cart")?.send().await?.succeeded()?.body;
    Ok(keys::cart(CartId::parse(cart["id"].as_str().unwrap_or_default())?))
}
