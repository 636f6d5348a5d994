//! Followers of shops, and their number.

use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use souk_domain::ShopId;
use souk_store_shops::shops::FollowerCount;
use souk_testkit::{Client, PATIENCE, Result, await_until};
use souk_tests::{Market, Vendor, keys};

use crate::{
    lists::read_all,
    shops::{follow, many_principals},
};

#[tokio::test]
async fn two_hundred_parallel_follows_and_unfollows_are_counted_exactly() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let (_, shopper) = market.shopper().await?;
    let shoppers = many_principals(&market, &shopper, 200).await?;
    let shop = vendor.shop.id.as_str();
    let (first, second) = shoppers.split_at(100);
    let all = |shoppers: &[Client], operation: &'static str| {
        let shoppers = shoppers.to_vec();
        async move {
            let requests = shoppers
                .iter()
                .map(|shopper| async move { shopper.ask(operation)?.path("shop", shop).send().await?.succeeded() });
            try_join_all(requests).await
        }
    };
    all(first, "follow_shop").await?;
    assert_eq!(followers(&market, &vendor).await?, 100);
    try_join(all(&first[..50], "unfollow_shop"), all(second, "follow_shop")).await?;
    assert_eq!(followers(&market, &vendor).await?, 150);

    let items = market.cloud.partition(&keys::followers(ShopId::parse(shop)?)).await?;
    assert_eq!(items.iter().filter(|item| item["type"] == "follower").count(), 150);
    await_until(PATIENCE, "all followers to be listed", async || {
        let listed = read_all(&vendor.client, "list_followers", 40).await?;
        Ok((listed.len() == 150).then_some(()))
    })
    .await?;
    for (shopper, following) in [(&first[0], false), (&first[99], true), (&second[0], true)] {
        let answer = shopper.ask("get_followed_shop")?.path("shop", shop).send().await?.succeeded()?.body;
        assert_eq!((&answer["following"], answer["at"].is_string()), (&json!(following), following));
    }
    Ok(())
}

#[tokio::test]
async fn the_most_followed_shop_and_the_newest_follower_are_first() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(100, 1).await?, market.vendor(100, 1).await?];
    let ((ann, first), (_, second)) = (market.shopper().await?, market.shopper().await?);
    for (shopper, vendor) in [(&first, &vendors[0]), (&second, &vendors[0]), (&first, &vendors[1])] {
        follow(shopper, &vendor.shop.id).await?.succeeded()?;
    }
    let position =
        |shops: &[Value], vendor: &Vendor| shops.iter().position(|shop| shop["id"] == vendor.shop.id.as_str());
    await_until(PATIENCE, "the top shops", async || {
        let top = read_all(&market.anonymous()?, "list_top_shops", 100).await?;
        let counts: Vec<u64> = top.iter().filter_map(|shop| shop["followers"].as_u64()).collect();
        let (Some(two), Some(one)) = (position(&top, &vendors[0]), position(&top, &vendors[1])) else {
            return Ok(None);
        };
        Ok((counts.is_sorted_by(|a, b| a >= b) && two < one && (counts[two], counts[one]) == (2, 1)).then_some(()))
    })
    .await?;
    let newest = read_all(&market.anonymous()?, "list_shops", 100).await?;
    assert!(position(&newest, &vendors[1]) < position(&newest, &vendors[0]), "the newest shop comes first");

    let listed = await_until(PATIENCE, "both followers", async || {
        let listed = read_all(&vendors[0].client, "list_followers", 1).await?;
        Ok((listed.len() == 2).then_some(listed))
    })
    .await?;
    assert!(listed[0]["at"].as_str() > listed[1]["at"].as_str());
    assert_eq!(listed[1]["name"], ann.name.as_str());
    assert!(
        !listed.iter().any(|follower| follower.to_string().contains(&ann.email)),
        "the list does not show mail addresses"
    );
    Ok(())
}

/// Returns how many shoppers follow a shop. Checks that its page and the table agree.
async fn followers(market: &Market, vendor: &Vendor) -> Result<u64> {
    let shop = market.anonymous()?.ask("get_shop")?.path("slug", &vendor.shop.slug).send().await?.succeeded()?.body;
    let stored = market.cloud.item(&keys::follower_count(vendor.shop.id.parse()?)).await?;
    let stored: FollowerCount = serde_json::from_value(stored.unwrap_or_default())?;
    assert_eq!(shop["followers"], stored.followers);
    Ok(stored.followers)
}
