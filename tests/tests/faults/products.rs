//! Purges of products that stop half way.

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

/// A deleted product that cannot be restored any more, with every item that a product can have.
struct DeletedProduct {
    product: Product,
    id: ProductId,
}

#[tokio::test]
async fn a_purge_that_was_interrupted_at_any_step_completes() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let picture = product_picture(&vendor.shop.id, Kind::Mug, Rgb(0x23, 0x41, 0x5f));
    let picture = vendor.client.upload_picture(picture).await?;
    let mut steps = 1;
    let mut crash = 0;
    while crash < steps {
        let deleted = DeletedProduct::new(&market, &vendor, &picture).await?;
        let items = deleted.keys_in_purge_order(&market).await?;
        steps = items.len() + 1;
        // The items that an earlier run deleted before it died.
        if crash > 0 {
            market.cloud.set(&keys::product(deleted.id), &[("purging", json!(true))]).await?;
        }
        for key in &items[..crash] {
            market.cloud.remove(key).await?;
        }
        let slug_is_free = crash == items.len();
        if slug_is_free {
            // Another product has taken the slug since.
            let bowl = NewProduct::new("Bowl", 100, [NewSku::new(1)]).slug(&deleted.product.slug);
            vendor.client.create_product(&bowl).await?;
        }
        await_until(PATIENCE, "the product to be purged", async || {
            market.call("purge-products", &Value::Null).await?;
            Ok(market.cloud.item(&keys::product(deleted.id)).await?.is_none().then_some(()))
        })
        .await?;
        for partition in [keys::product_partition(deleted.id), keys::stock_changes_of(deleted.id)] {
            assert!(market.cloud.partition(&partition).await?.is_empty(), "{partition} after crash {crash}");
        }
        let page = market.anonymous()?.ask("get_product")?.path("slug", &deleted.product.slug).send().await?;
        assert_eq!(page.status, if slug_is_free { 200 } else { 404 }, "crash {crash}");
        if crash == 0 {
            // The picture has no reference to this product any more.
            let media = market.cloud.item(&keys::media(picture.parse()?)).await?.unwrap_or_default();
            assert_eq!(media["uses"].get(&deleted.product.id), None);
        }
        crash += 1;
    }
    assert_eq!(
        steps, 9,
        "the two SKUs, details, sales, three stock changes and the slug come first, the product itself comes last"
    );
    Ok(())
}

#[tokio::test]
async fn a_restored_product_that_a_stale_list_still_shows_is_not_purged() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    for operation in ["delete_product", "restore_product"] {
        vendor.client.ask(operation)?.path("product", &vendor.product.id).send().await?.succeeded()?;
    }
    // The state that an index shows that lags behind: it still lists the product among those whose time is over, at an
    // older version.
    let id: ProductId = vendor.product.id.parse()?;
    let list_key = keys::in_trash(Timestamp::now() - SignedDuration::from_mins(1), id);
    market.cloud.set(&keys::product(id), &[("gsi1pk", json!(list_key.list)), ("gsi1sk", json!(list_key.at))]).await?;
    market.call("purge-products", &Value::Null).await?;
    vendor.client.product(&vendor.product.slug).await?;
    Ok(())
}

#[tokio::test]
async fn a_product_that_is_being_purged_is_not_found_by_its_seller() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let picture =
        vendor.client.upload_picture(product_picture(&vendor.shop.id, Kind::Mug, Rgb(0x23, 0x41, 0x5f))).await?;
    let deleted = DeletedProduct::new(&market, &vendor, &picture).await?;
    market
        .cloud
        .set(
            &keys::product(deleted.id),
            &[("purging", json!(true)), ("deleted_at", json!(Timestamp::now().as_millisecond()))],
        )
        .await?;
    for operation in ["restore_product", "delete_product", "get_own_product", "list_stock_changes"] {
        let answer = vendor.client.ask(operation)?.path("product", &deleted.product.id).send().await?;
        answer.refused_with("not_found", 404)?;
    }
    Ok(())
}

impl DeletedProduct {
    async fn new(market: &Market, vendor: &Vendor, picture: &String) -> Result<Self> {
        // The slug names the shop, so that no product of another test takes it after a purge has released it.
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
        let list_key = keys::in_trash(deleted_at + RESTORABLE, id);
        let expired = [("deleted_at", json!(deleted_at.as_millisecond())), ("gsi1sk", json!(list_key.at))];
        market.cloud.set(&keys::product(id), &expired).await?;
        Ok(Self { product, id })
    }

    /// Returns the keys in the order of the purge, without the product's own key, which is last.
    async fn keys_in_purge_order(&self, market: &Market) -> Result<Vec<Key>> {
        let mut items = market.cloud.partition(&keys::product_partition(self.id)).await?;
        items.retain(|item| item["sk"] != keys::product(self.id).sk.as_str());
        items.extend(market.cloud.partition(&keys::stock_changes_of(self.id)).await?);
        let keys = items.into_iter().map(|item| Ok(serde_json::from_value(item)?));
        let mut keys = keys.collect::<Result<Vec<Key>>>()?;
        keys.push(keys::product_slug(&Slug::parse(&self.product.slug)?));
        Ok(keys)
    }
}
