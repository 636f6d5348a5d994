//! Sales that are told of again, out of order, or to a counter that died half way.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{
    Currency, Id, Money, OrderId, PersonName, ProductId, Quantity, ShopId, SkuId, UserId, order::DeliveryState,
};
use souk_store::Entity;
use souk_store_catalogue::products::Product;
use souk_store_sales::orders::{Order, OrderLine, ShopOrder, ShopPart};
use souk_testkit::{Failed, PATIENCE, Result, await_until, events::sqs_batch};
use souk_tests::{Market, keys};
use uuid::Uuid;

use crate::scene::{all_done, sale};

#[tokio::test]
async fn a_sale_that_is_told_of_again_counts_once() -> Result {
    let market = Market::open()?;
    let sale = sale(&market).await?;
    let sold = async || {
        let ask = sale.vendor.client.ask("get_own_product")?.path("product", &sale.vendor.product.id);
        Ok::<_, Failed>(ask.send().await?.succeeded()?.body["sold"].clone())
    };
    await_until(PATIENCE, "the sale to be counted", async || Ok((sold().await? == 1).then_some(()))).await?;
    for _ in 0..2 {
        let batch = sqs_batch([sale.news.as_str(), sale.news.as_str()]);
        assert_eq!(market.call("count-sales", &batch).await?, all_done());
    }
    assert_eq!(sold().await?, 1);
    sale.stands_as_it_was(&market).await
}

#[tokio::test]
async fn a_count_that_died_half_way_is_finished_and_what_was_purged_is_left_out() -> Result {
    let market = Market::open()?;
    let goods = Goods::on_sale(&market, 60).await?;
    // One is about to be purged, and one is gone.
    let left_out = [goods.products[3], goods.products[50]];
    market.cloud.set(&keys::product(left_out[0]), &[("purging", json!(true))]).await?;
    market.cloud.remove(&keys::product(left_out[1])).await?;
    let shops = [fresh::<ShopId>(), fresh()];
    let (first, second) = goods.products.split_at(55);
    let order = goods.sell(&market, &[(shops[0], first, 2), (shops[1], second, 3)]).await?;
    let counted = goods.products.iter().enumerate().map(|(n, &id)| (id, if n < 55 { 2 } else { 3 }));
    let counted: BTreeMap<ProductId, u64> = counted.filter(|(id, _)| !left_out.contains(id)).collect();
    assert_eq!(market.call("count-sales", &sqs_batch([news(order).as_str()])).await?, all_done());
    assert_eq!(goods.sold(&market).await?, counted);

    // A part of the first shop's, and the second shop's, as if the worker had died before them.
    for (shop, part, products) in [(shops[0], 1, &first[49..]), (shops[1], 0, second)] {
        market.cloud.remove(&keys::claim("count-sales", &format!("{order}#{shop}#{part}"))).await?;
        for &product in products {
            market.cloud.remove(&keys::product_sales(product)).await?;
        }
    }
    let again = news(order);
    assert_eq!(market.call("count-sales", &sqs_batch([again.as_str(), again.as_str()])).await?, all_done());
    assert_eq!(goods.sold(&market).await?, counted);
    Ok(())
}

#[tokio::test]
async fn orders_are_counted_in_whatever_order_they_come_and_all_at_once() -> Result {
    let market = Market::open()?;
    let goods = Goods::on_sale(&market, 2).await?;
    let mut news_of_all = Vec::new();
    for pieces in 1..=5 {
        news_of_all.push(news(goods.sell(&market, &[(fresh(), &goods.products, pieces)]).await?));
    }
    let texts: Vec<&str> = news_of_all.iter().map(String::as_str).collect();
    let backwards = sqs_batch(texts.iter().rev().copied());
    let forwards = sqs_batch(texts.iter().copied());
    let both = futures::future::try_join(market.call("count-sales", &backwards), market.call("count-sales", &forwards));
    let (one, other) = both.await?;
    // Two that meet on an item too often give their message back; told again, it is counted or was.
    for answer in [one, other] {
        assert!(answer["batchItemFailures"].is_array(), "{answer}");
    }
    assert_eq!(market.call("count-sales", &forwards).await?, all_done());
    let fifteen: BTreeMap<ProductId, u64> = goods.products.iter().map(|&id| (id, 15)).collect();
    assert_eq!(goods.sold(&market).await?, fifteen);
    Ok(())
}

/// Products that the table alone knows of: they are in no list.
struct Goods {
    template: Product,
    products: Vec<ProductId>,
}

impl Goods {
    async fn on_sale(market: &Market, so_many: usize) -> Result<Self> {
        let vendor = market.vendor(1_000, 1).await?;
        let item = market.cloud.item(&keys::product(vendor.product.id.parse()?)).await?;
        let template: Product = serde_json::from_value(item.ok_or_else(|| Failed::new("no product"))?)?;
        let mut products: Vec<ProductId> = (0..so_many).map(|_| fresh()).collect();
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

    /// An order of which each shop sold so many of each of these.
    async fn sell(&self, market: &Market, shops: &[(ShopId, &[ProductId], u32)]) -> Result<OrderId> {
        let (id, user, total) = (fresh::<OrderId>(), fresh::<UserId>(), Money::new(1_000, Currency::EUR));
        let order = Order { id, user, total, pieces: 1, payment_intent: None, placed_at: Timestamp::now() };
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
                })
            };
            let lines = products.iter().map(line).collect::<Result<_>>()?;
            let shop_name = self.template.shop_name.clone();
            let part = ShopOrder {
                order: id,
                user: Some(user),
                buyer: PersonName::parse("Ann Lee")?,
                part: ShopPart { shop: *shop, shop_name, lines, discount: None, total },
                state: DeliveryState::Ordered,
                placed_at: Timestamp::now(),
            };
            items.push(part.to_item()?);
        }
        market.cloud.put_all(items).await?;
        Ok(id)
    }

    /// How many of each were sold, where there is a count.
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

fn fresh<I: Id>() -> I {
    I::from_uuid(Uuid::now_v7())
}

/// The message that tells of an order.
fn news(order: OrderId) -> String {
    let event: Value = json!({ "type": "order_placed", "order": order });
    json!({ "id": format!("event_{:032x}", 9), "at": Timestamp::now(), "event": event }).to_string()
}
