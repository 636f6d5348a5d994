//! News for the search that come twice, late, out of order or broken, to several indexers at once, and an index that is made
//! anew while things change.

use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use souk_domain::ProductId;
use souk_testkit::{
    Failed, NewProduct, NewSku, Result, euros,
    events::{changes_batch, message_id, sqs_batch},
};
use souk_tests::{Market, Vendor, keys};

use crate::scene::all_done;

/// What the queue is told of a product.
fn news(product: &str) -> String {
    json!({ "product": product }).to_string()
}

/// Gives the vendor's product another price, and waits until it is found by that.
async fn priced(market: &Market, vendor: &Vendor, cents: i64) -> Result {
    let own = vendor.client.ask("get_own_product")?.path("product", &vendor.product.id).send().await?.succeeded()?.body;
    let form = json!({
        "title": vendor.product.title, "slug": vendor.product.slug, "category": "home-kitchen", "price": euros(cents),
        "skus": [{ "id": vendor.sku()?.id }],
    });
    let edit = vendor.client.ask("edit_product")?.path("product", &vendor.product.id).query("version", &own["version"]);
    edit.json(&form).send().await?.succeeded()?;
    let (shop, cents) = (vendor.shop.slug.as_str(), cents.to_string());
    let query = [("shop", shop), ("min_price", cents.as_str()), ("max_price", &cents)];
    market.anybody()?.await_ids("list_products", &query, &[&vendor.product.id]).await.map(drop)
}

#[tokio::test]
async fn news_that_come_twice_late_and_in_any_order_bring_nothing_old_back() -> Result {
    let market = Market::open()?;
    let vendors = try_join_all((0..4).map(|_| market.vendor(1_850, 5))).await?;
    let vendor = &vendors[0];
    for cents in [1_900, 1_950] {
        priced(&market, vendor, cents).await?;
    }
    let mut told: Vec<String> = vendors.iter().flat_map(|vendor| vec![news(&vendor.product.id); 3]).collect();
    told.extend(vendors.iter().map(|vendor| json!({ "shop": vendor.shop.id }).to_string()));
    told.extend([json!("site").to_string(), news("prod_0199dc31c0de7a10a4f25b6c7d8e9f01")]);
    // Five indexers at once: of those who commit at once, all but one begin again.
    let batches: Vec<Value> = (0..5)
        .map(|_| {
            fastrand::shuffle(&mut told);
            sqs_batch(told.iter().map(String::as_str))
        })
        .collect();
    for _ in 0..2 {
        let answers = try_join_all(batches.iter().map(|batch| market.call("index-products", batch))).await?;
        assert!(answers.iter().all(|answer| *answer == all_done()), "{answers:?}");
    }
    priced(&market, vendor, 2_000).await?;
    let anybody = market.anybody()?;
    for vendor in &vendors {
        let found = anybody.await_count(&vendor.shop.slug, 1).await?;
        assert_eq!(found.ids(), [vendor.product.id.as_str()]);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_gone_stays_gone_whatever_is_told_of_it_later() -> Result {
    let market = Market::open()?;
    let (vendor, anybody) = (market.vendor(1_850, 5).await?, market.anybody()?);
    let (shop, id) = (vendor.shop.slug.as_str(), ProductId::parse(&vendor.product.id)?);
    anybody.await_ids("list_products", &[("shop", shop)], &[&vendor.product.id]).await?;
    // The last item of a product goes at last; the stream tells of that without saying what it was.
    for key in [keys::sku(vendor.sku()?.id.parse()?), keys::product_details(id), keys::product(id)] {
        market.cloud.remove(&key).await?;
    }
    let (_, admin) = market.admin().await?;
    admin.await_ids("list_all_products", &[("shop", shop)], &[]).await?;
    let told = [news(&vendor.product.id), news(&vendor.product.id)];
    assert_eq!(market.call("index-products", &sqs_batch(told.iter().map(String::as_str))).await?, all_done());
    // Whatever came of that would be found before what comes after it.
    let next = vendor.client.create_product(&NewProduct::new("Tea bowl", 900, [NewSku::new(1)])).await?;
    admin.await_ids("list_all_products", &[("shop", shop)], &[&next.id]).await?;
    Ok(())
}

#[tokio::test]
async fn broken_news_among_good_ones_go_back_alone() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let good = news(&vendor.product.id);
    let answer = market.call("index-products", &sqs_batch([good.as_str(), "not a message", good.as_str()])).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(1) }] }));
    market.anybody()?.await_ids("list_products", &[("shop", &vendor.shop.slug)], &[&vendor.product.id]).await?;
    Ok(())
}

#[tokio::test]
async fn a_stream_that_tells_of_many_items_of_a_product_again_is_heard_to_the_end() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 20).await?;
    let id = ProductId::parse(&vendor.product.id)?;
    let items = market.cloud.partition(&keys::product(id).pk).await?;
    let shop = market.cloud.item(&keys::shop(vendor.shop.id.parse()?)).await?.unwrap_or_default();
    let told: Vec<&Value> = items.iter().chain([&shop]).chain(&items).collect();
    for _ in 0..2 {
        assert_eq!(market.call("watch-products", &changes_batch(told.iter().copied())).await?, all_done());
    }
    market.anybody()?.await_ids("list_products", &[("shop", &vendor.shop.slug)], &[&vendor.product.id]).await?;
    Ok(())
}

#[tokio::test]
async fn an_index_that_is_made_anew_while_products_come_and_go_loses_none() -> Result {
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
    market.anybody()?.await_ids("list_products", &[("shop", &vendor.shop.slug), ("sort", "newest")], &kept).await?;
    Ok(())
}

#[tokio::test]
async fn while_the_index_is_out_of_reach_the_newest_come_from_the_table_and_a_search_has_to_wait() -> Result {
    let market = Market::open()?;
    let (vendor, second) = (market.vendor(1_850, 5).await?, market.vendor(1_850, 5).await?);
    let shop = vendor.shop.slug.as_str();
    let bowl = vendor.client.create_product(&NewProduct::new("Tea bowl", 900, [NewSku::new(1)])).await?;
    // It is told of a bucket that it may not read.
    let name = format!("list-products-{}", fastrand::u32(..));
    market.cloud.twin("list-products", &name, &[("SEARCH_BUCKET", "somebody-elses-bucket")]).await?;
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
    assert_eq!((&first["total"], &first["facets"]), (&Value::Null, &Value::Null), "nobody counted");
    let cursor = first["next"].as_str().unwrap_or_default();
    let (_, rest) = ask(&format!("shop={shop}&limit=1&cursor={cursor}")).await?;
    assert_eq!(ids(&rest), [vendor.product.id.as_str()]);
    let (_, all) = ask("category=home-kitchen&limit=100").await?;
    assert!([&bowl.id, &vendor.product.id, &second.product.id].iter().all(|id| ids(&all).contains(id)));
    let (status, refusal) = ask(&format!("shop={shop}&q=bowl")).await?;
    assert_eq!((status, &refusal["code"]), (json!(503), &json!("unavailable")));
    Ok(())
}
