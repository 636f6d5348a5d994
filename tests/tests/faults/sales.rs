//! Orders that `count-sales` receives twice, out of order, or after it died half way.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{
    Currency, Id, Money, OrderId, PersonName, ProductId, Quantity, ShopId, SkuId, UserId,
    delivery::Delivery,
    order::{DeliveryState, OrderNumber},
};
use souk_store::Entity;
use souk_store_catalogue::products::Product;
use souk_store_sales::orders::{Order, OrderLine, ShopOrder, ShopPart};
use souk_testkit::{Failed, PATIENCE, Result, await_until, events::sqs_batch};
use souk_tests::{Market, keys};
use uuid::Uuid;

use crate::fixture::{no_failures, sale};

#[tokio::test]
async fn a_repeated_sale_counts_once() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let sold = async || {
        let ask = sale.vendor.client.ask("get_own_product")?.path("product", &sale.vendor.product.id);
        Ok::<_, Failed>(ask.send().await?.succeeded()?.body["sold"].clone())
    };
    await_until(PATIENCE, "the sale to be counted", async || Ok((sold().await? == 1).then_some(()))).await?;
    for _ in 0..2 {
        let batch = sqs_batch([sale.message.as_str(), sale.message.as_str()]);
        assert_eq!(market.call("count-sales", &batch).await?, no_failures());
    }
    assert_eq!(sold().await?, 1);
    sale.assert_unchanged(&market).await
}

#[tokio::test]
async fn an_interrupted_count_completes_without_purged_products() -> Result {
    let market = Market::open()?;
    let stored = StoredProducts::create(&market, 60).await?;
    // One product is being purged, and another one is deleted.
    let left_out = [stored.products[3], stored.products[50]];
    market.cloud.set(&keys::product(left_out[0]), &[("purging", json!(true))]).await?;
    market.cloud.remove(&keys::product(left_out[1])).await?;
    let shops = [new_id::<ShopId>(), new_id()];
    let (first, second) = stored.products.split_at(55);
    let order = stored.sell(&market, &[(shops[0], first, 2), (shops[1], second, 3)]).await?;
    let counted = stored.products.iter().enumerate().map(|(n, &id)| (id, if n < 55 { 2 } else { 3 }));
    let counted: BTreeMap<ProductId, u64> = counted.filter(|(id, _)| !left_out.contains(id)).collect();
    assert_eq!(market.call("count-sales", &sqs_batch([order_message(order).as_str()])).await?, no_failures());
    assert_eq!(stored.sold(&market).await?, counted);

    // The worker died before it counted a part of the first shop's products and all of the second shop's.
    for (shop, part, products) in [(shops[0], 1, &first[49..]), (shops[1], 0, second)] {
        market.cloud.remove(&keys::lease("count-sales", &format!("{order}#{shop}#{part}"))).await?;
        for &product in products {
            market.cloud.remove(&keys::product_sales(product)).await?;
        }
    }
    let again = order_message(order);
    assert_eq!(market.call("count-sales", &sqs_batch([again.as_str(), again.as_str()])).await?, no_failures());
    assert_eq!(stored.sold(&market).await?, counted);
    Ok(())
}

#[tokio::test]
async fn orders_are_counted_in_any_order_and_in_parallel() -> Result {
    let market = Market::open()?;
    let stored = StoredProducts::create(&market, 2).await?;
    let mut messages = Vec::new();
    for pieces in 1..=5 {
        messages.push(order_message(stored.sell(&market, &[(new_id(), &stored.products, pieces)]).await?));
    }
    let texts: Vec<&str> = messages.iter().map(String::as_str).collect();
    let backwards = sqs_batch(texts.iter().rev().copied());
    let forwards = sqs_batch(texts.iter().copied());
    let both = futures::future::try_join(market.call("count-sales", &backwards), market.call("count-sales", &forwards));
    let (first_answer, second_answer) = both.await?;
    // A transaction that loses to the other one too often returns its message. After one more delivery every order is
    // counted once.
    for answer in [first_answer, second_answer] {
        assert!(answer["batchItemFailures"].is_array(), "{answer}");
    }
    assert_eq!(market.call("count-sales", &forwards).await?, no_failures());
    let fifteen: BTreeMap<ProductId, u64> = stored.products.iter().map(|&id| (id, 15)).collect();
    assert_eq!(stored.sold(&market).await?, fifteen);
    Ok(())
}

/// Products that exist only in the table. No list shows them.
struct StoredProducts {
    template: Product,
    products: Vec<ProductId>,
}

impl StoredProducts {
    async fn create(market: &Market, count: usize) -> Result<Self> {
        let vendor = market.vendor(1_000, 1).await?;
        let item = market.cloud.item(&keys::product(vendor.product.id.parse()?)).await?;
        let template: Product = serde_json::from_value(item.ok_or_else(|| Failed::new("no product"))?)?;
        let mut products: Vec<ProductId> = (0..count).map(|_| new_id()).collect();
        products.sort_unstable();
        let mut items = Vec::new();
        for &id in &products {
            let mut item = Product { id, ..template.clone() }.to_item()?;
            item.retain(|name, _| !name.starts_with("gsi"));
            items.push(item);
        }
        market.cloud.put_all(items).await?;
        Ok(Self { template, products })
    }

    /// Stores an order in which each shop sold some pieces of each of its products.
    async fn sell(&self, market: &Market, shops: &[(ShopId, &[ProductId], u32)]) -> Result<OrderId> {
        let (id, user, total) = (new_id::<OrderId>(), new_id::<UserId>(), Money::new(1_000, Currency::EUR));
        let order = Order {
            id,
            number: OrderNumber::of(id, 0),
            user,
            email: None,
            address: None,
            total,
            pieces: 1,
            payment_intent: None,
            placed_at: Timestamp::now(),
        };
        let mut items = vec![order.to_item()?];
        for (shop, products, pieces) in shops {
            let line = |&product: &ProductId| {
                Ok(OrderLine {
                    sku: SkuId { product, number: 1 },
                    product_slug: self.template.slug.clone(),
                    title: self.template.title.clone(),
                    options: None,
                    picture: None,
                    quantity: Quantity::parse((*pieces).into())?,
                    unit_price: total,
                    discount: None,
                    total,
                    commission: total,
                    tax_rate: None,
                    tax: 0,
                })
            };
            let lines = products.iter().map(line).collect::<Result<_>>()?;
            let shop_name = self.template.shop_name.clone();
            let part = ShopPart {
                shop: *shop,
                shop_name,
                lines,
                discount: None,
                shipping: None,
                tax_rate: None,
                shipping_tax: 0,
                total,
            };
            let part = ShopOrder {
                number: order.number.clone(),
                delivery: Delivery::default(),
                refunds: Vec::new(),
                version: 1,
                order: id,
                user: Some(user),
                buyer: PersonName::parse("Ann Lee")?,
                address: None,
                part,
                state: DeliveryState::Ordered,
                placed_at: Timestamp::now(),
            };
            items.push(part.to_item()?);
        }
        market.cloud.put_all(items).await?;
        Ok(id)
    }

    /// Returns how many pieces of each product were sold, for the products that have a count.
    async fn sold(&self, market: &Market) -> Result<BTreeMap<ProductId, u64>> {
        let mut sold = BTreeMap::new();
        for &product in &self.products {
            if let Some(count) = market.cloud.item(&keys::product_sales(product)).await? {
                sold.insert(product, count["sold"].as_u64().ok_or_else(|| Failed::new(format!("{count}")))?);
            }
        }
        Ok(sold)
    }
}

fn new_id<I: Id>() -> I {
    I::from_uuid(Uuid::now_v7())
}

/// Returns the message about an order.
fn order_message(order: OrderId) -> String {
    let event: Value = json!({ "type": "order_placed", "order": order });
    json!({ "id": format!("event_{:032x}", 9), "at": Timestamp::now(), "event": event }).to_string()
}
