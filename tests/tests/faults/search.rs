//! Messages to the indexer that arrive twice, late, out of order or broken, or at several indexers at once, and
//! rebuilding the index while products change.

use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use souk_domain::ProductId;
use souk_testkit::{
    Failed, NewProduct, NewSku, Result, euros,
    events::{changes_batch, message_id, sqs_batch},
};
use souk_tests::{Market, Vendor, keys};

use crate::fixture::no_failures;

/// Returns the message about a product.
fn product_message(product: &str) -> String {
    json!({ "product": product }).to_string()
}

/// Changes the price of the vendor's product and waits until a search finds it by that price.
async fn change_price(market: &Market, vendor: &Vendor, cents: i64) -> Result {
    let own = vendor.client.ask("get_own_product")?.path("product", &vendor.product.id).send().await?.succeeded()?.body;
    let form = json!({
        "title": vendor.product.title, "slug": vendor.product.slug, "category": "home-kitchen", "price": euros(cents),
        "skus": [{ "id": vendor.sku()?.id }],
    });
    let edit = vendor.client.ask("edit_product")?.path("product", &vendor.product.id).query("version", &own["version"]);
    edit.json(&form).send().await?.succeeded()?;
    let (shop, cents) = (vendor.shop.slug.as_str(), cents.to_string());
    let query = [("shop", shop), ("min_price", cents.as_str()), ("max_price", &cents)];
    market.anonymous()?.await_ids("list_products", &query, &[&vendor.product.id]).await.map(drop)
}

#[tokio::test]
async fn repeated_late_and_reordered_messages_never_restore_an_old_state() -> Result {
    let market = Market::open()?;
    let vendors = try_join_all((0..4).map(|_| market.vendor(1_850, 5))).await?;
    let vendor = &vendors[0];
    for cents in [1_900, 1_950] {
        change_price(&market, vendor, cents).await?;
    }
    let mut messages: Vec<String> =
        vendors.iter().flat_map(|vendor| vec![product_message(&vendor.product.id); 3]).collect();
    messages.extend(vendors.iter().map(|vendor| json!({ "shop": vendor.shop.id }).to_string()));
    messages.extend([json!("site").to_string(), product_message("prod_0199dc31c0de7a10a4f25b6c7d8e9f01")]);
    // Five indexers run at once. When several commit at the same time, all but one start again.
    let batches: Vec<Value> = (0..5)
        .map(|_| {
            fastrand::shuffle(&mut messages);
            sqs_batch(messages.iter().map(String::as_str))
        })
        .collect();
    for _ in 0..2 {
        let answers = try_join_all(batches.iter().map(|batch| market.call("index-products", batch))).await?;
        assert!(answers.iter().all(|answer| *answer == no_failures()), "{answers:?}");
    }
    change_price(&market, vendor, 2_000).await?;
    let anonymous = market.anonymous()?;
    for vendor in &vendors {
        let found = anonymous.await_count(&vendor.shop.slug, 1).await?;
        assert_eq!(found.ids(), [vendor.product.id.as_str()]);
    }
    Ok(())
}

#[tokio::test]
async fn a_late_message_never_restores_a_deleted_product() -> Result {
    let market = Market::open()?;
    let (vendor, anonymous) = (market.vendor(1_850, 5).await?, market.anonymous()?);
    let (shop, id) = (vendor.shop.slug.as_str(), ProductId::parse(&vendor.product.id)?);
    anonymous.await_ids("list_products", &[("shop", shop)], &[&vendor.product.id]).await?;
    // The product's own item is deleted last. The stream record of a deletion does not say what the item was.
    for key in [keys::sku(vendor.sku()?.id.parse()?), keys::product_details(id), keys::product(id)] {
        market.cloud.remove(&key).await?;
    }
    let (_, admin) = market.admin().await?;
    admin.await_ids("list_all_products", &[("shop", shop)], &[]).await?;
    let messages = [product_message(&vendor.product.id), product_message(&vendor.product.id)];
    assert_eq!(market.call("index-products", &sqs_batch(messages.iter().map(String::as_str))).await?, no_failures());
    // The index takes messages in order, so an effect of the repeated ones would be visible before this product.
    let next = vendor.client.create_product(&NewProduct::new("Tea bowl", 900, [NewSku::new(1)])).await?;
    admin.await_ids("list_all_products", &[("shop", shop)], &[&next.id]).await?;
    Ok(())
}

#[tokio::test]
async fn only_the_broken_message_of_an_index_batch_fails() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let good = product_message(&vendor.product.id);
    let answer = market.call("index-products", &sqs_batch([good.as_str(), "not a message", good.as_str()])).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(1) }] }));
    market.anonymous()?.await_ids("list_products", &[("shop", &vendor.shop.slug)], &[&vendor.product.id]).await?;
    Ok(())
}

#[tokio::test]
async fn a_stream_batch_with_repeated_items_of_a_product_is_processed_completely() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 20).await?;
    let id = ProductId::parse(&vendor.product.id)?;
    let items = market.cloud.partition(&keys::product(id).pk).await?;
    let shop = market.cloud.item(&keys::shop(vendor.shop.id.parse()?)).await?.unwrap_or_default();
    let messages: Vec<&Value> = items.iter().chain([&shop]).chain(&items).collect();
    for _ in 0..2 {
        assert_eq!(market.call("watch-products", &changes_batch(messages.iter().copied())).await?, no_failures());
    }
    market.anonymous()?.await_ids("list_products", &[("shop", &vendor.shop.slug)], &[&vendor.product.id]).await?;
    Ok(())
}

#[tokio::test]
async fn rebuilding_the_index_while_products_change_loses_none() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let changes = async {
        let mut kept = vec![vendor.product.id.clone()];
        for n in 0..12 {
            let product = vendor.client.create_product(&NewProduct::new("Tea bowl", 900 + n, [NewSku::new(1)])).await?;
            if n % 3 == 0 {
                vendor.client.ask("delete_product")?.path("product", &product.id).send().await?.succeeded()?;
            } else {
                kept.push(product.id);
            }
        }
        Ok(kept)
    };
    let empty = json!({});
    let (mut kept, answer) = try_join(changes, market.call("rebuild-index", &empty)).await?;
    assert!(answer.is_null(), "{answer}");
    kept.reverse();
    let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    market.anonymous()?.await_ids("list_products", &[("shop", &vendor.shop.slug), ("sort", "newest")], &kept).await?;
    Ok(())
}

#[tokio::test]
async fn without_the_index_the_newest_products_come_from_the_table_and_a_search_is_unavailable() -> Result {
    let market = Market::open()?;
    let (vendor, second) = (market.vendor(1_850, 5).await?, market.vendor(1_850, 5).await?);
    let shop = vendor.shop.slug.as_str();
    let bowl = vendor.client.create_product(&NewProduct::new("Tea bowl", 900, [NewSku::new(1)])).await?;
    // The copy has the name of a bucket that it may not read.
    let name = format!("list-products-{}", fastrand::u32(..));
    market.cloud.copy_function("list-products", &name, &[("SEARCH_BUCKET", "somebody-elses-bucket")]).await?;
    let ask = async |query: &str| {
        let mut event: Value = serde_json::from_str(include_str!("../../../events/list-products.json"))?;
        event["rawQueryString"] = query.into();
        let answer = market.call(&name, &event).await?;
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default())?;
        Ok::<_, Failed>((answer["statusCode"].clone(), body))
    };
    let ids = |body: &Value| -> Vec<String> {
        let items = body["items"].as_array().into_iter().flatten();
        items.filter_map(|item| Some(item["id"].as_str()?.to_owned())).collect()
    };
    let (status, first) = ask(&format!("shop={shop}&limit=1")).await?;
    assert_eq!((status, ids(&first)), (json!(200), vec![bowl.id.clone()]));
    assert_eq!((&first["total"], &first["facets"]), (&Value::Null, &Value::Null), "the table does not count products");
    let cursor = first["next"].as_str().unwrap_or_default();
    let (_, rest) = ask(&format!("shop={shop}&limit=1&cursor={cursor}")).await?;
    assert_eq!(ids(&rest), [vendor.product.id.as_str()]);
    let (_, all) = ask("category=home-kitchen&limit=100").await?;
    assert!([&bowl.id, &vendor.product.id, &second.product.id].iter().all(|id| ids(&all).contains(id)));
    let (status, refusal) = ask(&format!("shop={shop}&q=bowl")).await?;
    assert_eq!((status, &refusal["code"]), (json!(503), &json!("unavailable")));
    Ok(())
}
