//! Search while products change: offers that start and end, products that are hidden and restored, lists that are paged
//! through.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_testkit::{Failed, NewProduct, NewSku, Result, await_until, euros};
use souk_tests::Market;

use crate::catalogue::{id, unique};

#[tokio::test]
async fn a_search_finds_an_offer_only_within_its_window() -> Result {
    let market = Market::open()?;
    let (vendor, anonymous) = (market.vendor(1_850, 5).await?, market.anonymous()?);
    let shop = ("shop", vendor.shop.slug.as_str());
    let product = vendor.product.id.as_str();
    let offer = async |starts: Timestamp, ends: Timestamp| {
        let offer = json!({ "price": euros(1_000), "starts_at": starts, "ends_at": ends });
        vendor.client.ask("set_offer")?.path("product", product).json(&offer).send().await?.succeeded().map(drop)
    };
    let (now, hour) = (Timestamp::now(), SignedDuration::from_hours(1));
    offer(now + hour, now + hour * 2).await?;
    let (_, admin) = market.admin().await?;
    admin.await_version(shop.1, product, 2).await?;
    assert_eq!(anonymous.search("list_products", &[shop, ("on_offer", "true")]).await?.total, Some(0));
    assert_eq!(anonymous.search("list_products", &[shop, ("max_price", "1000")]).await?.total, Some(0));
    assert_eq!(anonymous.search("list_offers", &[shop]).await?.total, Some(0));

    let ends = Timestamp::now() + SignedDuration::from_secs(30);
    offer(now - hour, ends).await?;
    let cheap = [shop, ("on_offer", "true"), ("max_price", "1000")];
    let found = anonymous.await_search("list_products", &cheap, |found| found.total == Some(1)).await?;
    assert_eq!(found.items[0]["offer"]["price"]["amount"], 1_000);
    assert_eq!(anonymous.search("list_offers", &[shop, ("max_price", "999")]).await?.total, Some(0));
    anonymous.await_ids("list_offers", &[shop], &[product]).await?;
    anonymous.await_ids("list_shop_offers", &[("slug", shop.1), ("q", "mug")], &[product]).await?;

    // The offer ends by its time, without any write.
    anonymous.await_search("list_offers", &[shop], |found| found.total == Some(0)).await?;
    assert!(Timestamp::now() >= ends);
    assert_eq!(anonymous.search("list_products", &cheap).await?.total, Some(0));
    let regular = anonymous.search("list_products", &[shop, ("min_price", "1850")]).await?;
    assert_eq!((regular.total, regular.items[0].get("offer")), (Some(1), None));
    Ok(())
}

#[tokio::test]
async fn hidden_and_deleted_products_are_not_found_until_restored() -> Result {
    let market = Market::open()?;
    let (vendor, anonymous) = (market.vendor(1_850, 5).await?, market.anonymous()?);
    let (shop, product) = (vendor.shop.slug.as_str(), vendor.product.id.as_str());
    let words = [("shop", shop), ("q", "stoneware")];
    let status = async |status: &str| {
        let request = vendor.client.ask("set_product_status")?.path("product", product);
        request.json(&json!({ "status": status })).send().await?.succeeded().map(drop)
    };
    let ask = async |operation: &str| {
        vendor.client.ask(operation)?.path("product", product).send().await?.succeeded().map(drop)
    };
    anonymous.await_ids("list_products", &words, &[product]).await?;
    status("draft").await?;
    anonymous.await_ids("list_products", &words, &[]).await?;
    status("active").await?;
    anonymous.await_ids("list_products", &words, &[product]).await?;
    ask("delete_product").await?;
    anonymous.await_ids("list_products", &words, &[]).await?;
    ask("restore_product").await?;
    anonymous.await_ids("list_products", &words, &[product]).await?;
    // A shop that closes hides its products.
    vendor.client.ask("delete_shop")?.send().await?.succeeded()?;
    anonymous.await_ids("list_products", &words, &[]).await?;
    anonymous.await_ids("list_shop_products", &[("slug", shop)], &[]).await?;
    Ok(())
}

#[tokio::test]
async fn a_change_is_found_within_five_seconds() -> Result {
    let market = Market::open()?;
    let (vendor, anonymous) = (market.vendor(1_850, 5).await?, market.anonymous()?);
    // The first request to a process loads the index.
    anonymous.await_count(&vendor.shop.slug, 1).await?;
    for n in 0..5 {
        let product =
            vendor.client.create_product(&NewProduct::new(&unique("Vase"), 100 + n, [NewSku::new(1)])).await?;
        let query = [("shop", vendor.shop.slug.as_str()), ("q", product.title.as_str())];
        await_until(Duration::from_secs(5), "the new product to be found", async || {
            Ok(anonymous.search("list_products", &query).await?.ids().contains(&product.id.as_str()).then_some(()))
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn paging_while_products_change_loses_and_repeats_no_other_product() -> Result {
    const COUNT: usize = 120;
    let market = Market::open()?;
    let (vendor, anonymous) = (market.vendor(1_850, 5).await?, market.anonymous()?);
    let mut ids = Vec::new();
    for n in 0..COUNT {
        let price = 1_000 + i64::try_from(n % 7)?;
        ids.push(vendor.client.create_product(&NewProduct::new("Tea bowl", price, [NewSku::new(1)])).await?.id);
    }
    anonymous.await_count(&vendor.shop.slug, COUNT + 1).await?;
    // Between two pages one product is added, one is deleted, and one is taken off sale.
    let change = async || {
        let any = || ids[10 * fastrand::usize(..COUNT / 10)].as_str();
        vendor.client.create_product(&NewProduct::new("Tea bowl", 1_003, [NewSku::new(1)])).await?;
        vendor.client.ask("delete_product")?.path("product", any()).send().await?.succeeded()?;
        let status = vendor.client.ask("set_product_status")?.path("product", any());
        status.json(&json!({ "status": "draft" })).send().await.map(drop)
    };
    for query in [&[("sort", "price_up")][..], &[("sort", "newest")], &[("q", "tea bowl")]] {
        let query = [&[("shop", vendor.shop.slug.as_str())], query].concat();
        let listed = anonymous.search_through("list_products", &query, 15, &change).await?;
        let distinct: BTreeSet<&str> = listed.iter().map(id).collect();
        assert_eq!(distinct.len(), listed.len(), "{query:?}: a product is listed twice");
        for (n, id) in ids.iter().enumerate().filter(|(n, _)| n % 10 != 0) {
            assert!(distinct.contains(id.as_str()), "{query:?}: product {n} is not listed");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_admin_finds_drafts_and_deleted_products_of_all_shops() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor) = (market.admin().await?, market.vendor(1_850, 5).await?);
    let shop = ("shop", vendor.shop.slug.as_str());
    let new = async |status: &str, title: &str| {
        let product = NewProduct::new(title, 1_000, [NewSku::new(1)]).with("status", status.into());
        Ok::<_, Failed>(vendor.client.create_product(&product).await?.id)
    };
    let (draft, pending) = (new("draft", "Tea bowl").await?, new("pending", "Soup bowl").await?);
    let deleted = new("active", "Salad bowl").await?;
    vendor.client.ask("delete_product")?.path("product", &deleted).send().await?.succeeded()?;
    let all = [deleted.as_str(), &pending, &draft, &vendor.product.id];
    admin.await_ids("list_all_products", &[shop], &all).await?;
    let found = admin.await_version(shop.1, &deleted, 2).await?;
    let states: Vec<[&Value; 2]> = found.items.iter().map(|item| [&item["status"], &item["listed"]]).collect();
    let state = |status: &'static str, listed: bool| [json!(status), json!(listed)];
    let expected = [state("active", false), state("pending", false), state("draft", false), state("active", true)];
    assert_eq!(states, expected.iter().map(|[status, listed]| [status, listed]).collect::<Vec<_>>());
    assert!(found.items[0]["deleted_at"].is_string());
    for (status, ids) in [
        ("active", &[vendor.product.id.as_str()][..]),
        ("draft,pending", &[&pending, &draft]),
        ("deleted", &[&deleted]),
    ] {
        assert_eq!(admin.search("list_all_products", &[shop, ("status", status)]).await?.ids(), ids, "{status}");
    }
    let bowls = admin.search("list_all_products", &[shop, ("q", "soup bowl")]).await?;
    assert_eq!(bowls.ids(), [&pending]);
    // The public lists show neither drafts nor deleted products.
    let anonymous = market.anonymous()?;
    anonymous.await_ids("list_products", &[shop], &[&vendor.product.id]).await?;
    assert_eq!(anonymous.search("list_products", &[shop, ("q", "bowl")]).await?.total, Some(0));
    let refusal = anonymous.ask("list_products")?.query("status", "draft").send().await?;
    assert_eq!(
        refusal.refused_with("invalid_input", 422)?.field_errors(),
        [("?status".to_owned(), "unknown".to_owned())]
    );
    anonymous.ask("list_all_products")?.send().await?.refused_with("not_signed_in", 401)?;
    Ok(())
}
