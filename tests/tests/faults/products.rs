//! Purges of products that die half way.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::{ProductId, Slug};
use souk_store::keys::Key;
use souk_store_catalogue::products::RESTORABLE;
use souk_testkit::{
    NewProduct, NewSku, PATIENCE, Product, Result, await_until,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, Vendor, keys};

/// A deleted product whose time is over, with all that a product can have.
struct Leftover {
    product: Product,
    id: ProductId,
}

#[tokio::test]
async fn a_purge_that_crashed_anywhere_ends_as_one_that_did_not() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let picture = product_picture(&vendor.shop.id, Kind::Mug, Rgb(0x23, 0x41, 0x5f));
    let picture = vendor.client.upload_picture(picture).await?;
    let mut steps = 1;
    let mut crash = 0;
    while crash < steps {
        let left = Leftover::new(&market, &vendor, &picture).await?;
        let items = left.items_in_the_order_of_the_purge(&market).await?;
        steps = items.len() + 1;
        // What an earlier run had removed when it died.
        if crash > 0 {
            market.cloud.set(&keys::product(left.id), &[("purging", json!(true))]).await?;
        }
        for key in &items[..crash] {
            market.cloud.remove(key).await?;
        }
        let slug_is_free = crash == items.len();
        if slug_is_free {
            // Somebody has the slug by now.
            let bowl = NewProduct::new("Bowl", 100, [NewSku::new(1)]).slug(&left.product.slug);
            vendor.client.create_product(&bowl).await?;
        }
        await_until(PATIENCE, "the product to be purged", async || {
            market.call("purge-products", &Value::Null).await?;
            Ok(market.cloud.item(&keys::product(left.id)).await?.is_none().then_some(()))
        })
        .await?;
        for partition in [keys::product_partition(left.id), keys::stock_changes_of(left.id)] {
            assert!(market.cloud.partition(&partition).await?.is_empty(), "{partition} after crash {crash}");
        }
        let page = market.anybody()?.ask("get_product")?.path("slug", &left.product.slug).send().await?;
        assert_eq!(page.status, if slug_is_free { 200 } else { 404 }, "crash {crash}");
        if crash == 0 {
            // Nothing claims the picture for this product any more.
            let media = market.cloud.item(&keys::media(picture.parse()?)).await?.unwrap_or_default();
            assert_eq!(media["uses"].get(&left.product.id), None);
        }
        crash += 1;
    }
    assert_eq!(
        steps, 7,
        "two SKUs, details, sales, a stock change and the slug, and then nothing but the product itself"
    );
    Ok(())
}

#[tokio::test]
async fn a_product_that_is_restored_while_the_list_still_shows_it_is_not_purged() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    for operation in ["delete_product", "restore_product"] {
        vendor.client.ask(operation)?.path("product", &vendor.product.id).send().await?.succeeded()?;
    }
    // As an index would show it that lags behind: the place of a product that is long deleted, and an older version.
    let id: ProductId = vendor.product.id.parse()?;
    let place = keys::in_trash(Timestamp::now() - SignedDuration::from_mins(1), id);
    market.cloud.set(&keys::product(id), &[("gsi1pk", json!(place.list)), ("gsi1sk", json!(place.at))]).await?;
    market.call("purge-products", &Value::Null).await?;
    vendor.client.product(&vendor.product.slug).await?;
    Ok(())
}

#[tokio::test]
async fn who_begins_the_purge_bars_the_seller_from_it() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let picture =
        vendor.client.upload_picture(product_picture(&vendor.shop.id, Kind::Mug, Rgb(0x23, 0x41, 0x5f))).await?;
    let left = Leftover::new(&market, &vendor, &picture).await?;
    market
        .cloud
        .set(
            &keys::product(left.id),
            &[("purging", json!(true)), ("deleted_at", json!(Timestamp::now().as_millisecond()))],
        )
        .await?;
    for operation in ["restore_product", "delete_product", "get_own_product", "list_stock_changes"] {
        let answer = vendor.client.ask(operation)?.path("product", &left.product.id).send().await?;
        answer.refused_with("not_found", 404)?;
    }
    Ok(())
}

impl Leftover {
    async fn new(market: &Market, vendor: &Vendor, picture: &String) -> Result<Self> {
        // As the vendor's own product: a slug that no other test's takes when a purge gives it up.
        let slug = format!("leftover-of-{}", vendor.shop.slug);
        let new = NewProduct::new("Mug", 1_000, [NewSku::new(50).colour("Blue"), NewSku::new(90).colour("Red")]);
        let new = new.slug(&slug).pictures(std::slice::from_ref(picture));
        let product = vendor.client.create_product(&new).await?;
        let change = json!({ "sku": product.skus[0].id, "delta": -1, "reason": "damage" });
        let adjust = vendor.client.ask("adjust_stock")?.path("product", &product.id).json(&change).key(&product.id);
        adjust.send().await?.succeeded()?;
        vendor.client.ask("delete_product")?.path("product", &product.id).send().await?.succeeded()?;

        let id: ProductId = product.id.parse()?;
        let Key { pk, sk } = keys::product_sales(id);
        let sales = json!({ "pk": pk, "sk": sk, "type": "product_sales", "product": product.id, "sold": 3 });
        market.cloud.put(&sales).await?;
        let deleted_at = Timestamp::now() - RESTORABLE - SignedDuration::from_mins(1);
        let place = keys::in_trash(deleted_at + RESTORABLE, id);
        let turned = [("deleted_at", json!(deleted_at.as_millisecond())), ("gsi1sk", json!(place.at))];
        market.cloud.set(&keys::product(id), &turned).await?;
        Ok(Self { product, id })
    }

    /// All but the product's own, which goes last.
    async fn items_in_the_order_of_the_purge(&self, market: &Market) -> Result<Vec<Key>> {
        let mut items = market.cloud.partition(&keys::product_partition(self.id)).await?;
        items.retain(|item| item["sk"] != keys::product(self.id).sk.as_str());
        items.extend(market.cloud.partition(&keys::stock_changes_of(self.id)).await?);
        let keys = items.into_iter().map(|item| Ok(serde_json::from_value(item)?));
        let mut keys = keys.collect::<Result<Vec<Key>>>()?;
        keys.push(keys::product_slug(&Slug::parse(&self.product.slug)?));
        Ok(keys)
    }
}
