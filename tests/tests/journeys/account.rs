//! A shopper's lists: the wishlist, followed shops, and recently viewed products.

use futures::future::try_join_all;
use serde_json::{Map, Value, json};
use souk_domain::{ShopId, UserId};
use souk_store::keys::Key;
use souk_store_shoppers::{views::MAX_VIEWED, wishlists::MAX_WISHES};
use souk_testkit::{Answer, Client, NewProduct, NewSku, PATIENCE, Result, await_until};
use souk_tests::{Market, Vendor, keys};

use crate::tokens::claims_of;

#[tokio::test]
async fn a_wishlist_shows_current_products_with_the_newest_entry_first() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(2_400, 5).await?;
    let products = [vendor.product.id.clone(), another_product(&vendor).await?, another_product(&vendor).await?];
    let (_, shopper) = market.shopper().await?;
    // The first product is added again at the end: an entry that exists keeps its position.
    for product in products.iter().chain([&products[0]]) {
        assert_eq!(act_on(&shopper, "add_to_wishlist", product).await?.succeeded()?.status, 204);
    }
    let listed = list(&shopper, "list_wishlist").await?;
    let newest_first: Vec<&String> = products.iter().rev().collect();
    assert_eq!(ids(&listed).iter().collect::<Vec<_>>(), newest_first);
    let wish = &listed[2]["product"];
    assert_eq!((&wish["slug"], &wish["title"]), (&json!(vendor.product.slug), &json!(vendor.product.title)));
    assert_eq!(wish["price"], json!({ "amount": 2_400, "currency": "EUR" }));
    for _ in 0..2 {
        assert_eq!(act_on(&shopper, "remove_from_wishlist", &products[1]).await?.succeeded()?.status, 204);
    }
    assert_eq!(ids(&list(&shopper, "list_wishlist").await?), [products[2].clone(), products[0].clone()]);
    Ok(())
}

#[tokio::test]
async fn only_products_on_sale_can_be_added_to_a_wishlist_and_a_deleted_one_has_no_details() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let unknown = product(1);
    act_on(&shopper, "remove_from_wishlist", &unknown).await?.succeeded()?;
    act_on(&shopper, "add_to_wishlist", &unknown).await?.refused_with("not_found", 404)?;
    act_on(&shopper, "record_view", &unknown).await?.refused_with("not_found", 404)?;
    seed(&market, &keys::wishlist(user_of(&shopper)?), "wishlist", &shopper, 1).await?;
    let listed = list(&shopper, "list_wishlist").await?;
    assert_eq!(ids(&listed), [product(0)]);
    assert_eq!(listed[0].get("product"), None);
    act_on(&shopper, "remove_from_wishlist", &product(0)).await?.succeeded()?;
    assert_eq!(list(&shopper, "list_wishlist").await?, [] as [Value; 0]);
    Ok(())
}

#[tokio::test]
async fn parallel_additions_to_a_wishlist_never_exceed_its_limit() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 5).await?;
    let products = try_join_all((0..10).map(|_| another_product(&vendor))).await?;
    let (_, shopper) = market.shopper().await?;
    seed(&market, &keys::wishlist(user_of(&shopper)?), "wishlist", &shopper, MAX_WISHES - 4).await?;
    let answers = try_join_all(products.iter().map(|product| act_on(&shopper, "add_to_wishlist", product))).await?;
    let (added, refused): (Vec<_>, Vec<_>) =
        products.iter().zip(answers).partition(|(_, answer): &(_, Answer)| answer.status == 204);
    assert_eq!(added.len(), 4, "the free places decide how many are added");
    for (_, refusal) in refused {
        refusal.refused_with("wishlist_full", 409)?;
    }
    // A product that is already on a full wishlist can be added again.
    act_on(&shopper, "add_to_wishlist", added[0].0).await?.succeeded()?;
    assert_eq!(list(&shopper, "list_wishlist").await?.len(), MAX_WISHES);
    Ok(())
}

#[tokio::test]
async fn paging_through_a_wishlist_shows_every_entry_once_and_its_cursors_are_its_owners() -> Result {
    let market = Market::open()?;
    let ((_, shopper), (_, other)) = (market.shopper().await?, market.shopper().await?);
    seed(&market, &keys::wishlist(user_of(&shopper)?), "wishlist", &shopper, 120).await?;
    let newest_first: Vec<String> = (0..120).rev().map(product).collect();
    assert_eq!(ids(&list(&shopper, "list_wishlist").await?), newest_first);
    let page = shopper.ask("list_wishlist")?.query("limit", 50).send().await?.succeeded()?.body;
    let cursor = page["next"].as_str().expect("there is more");
    let foreign = other.ask("list_wishlist")?.query("cursor", cursor).send().await?;
    foreign.refused_with("invalid_cursor", 400)?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_follows_count_once_and_so_do_two_hundred_unfollows() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let ((_, shopper), (_, other)) = (market.shopper().await?, market.shopper().await?);
    follow(&other, "follow_shop", &vendor).await?.succeeded()?;
    for (operation, followers) in [("follow_shop", 2), ("unfollow_shop", 1), ("follow_shop", 2)] {
        let answers = at_once(200, || Ok(shopper.ask(operation)?.path("shop", &vendor.shop.id))).await?;
        for answer in answers {
            assert_eq!(answer.succeeded()?.status, 204);
        }
        let count = market.cloud.item(&keys::follower_count(ShopId::parse(&vendor.shop.id)?)).await?;
        assert_eq!(count.expect("a count")["followers"], followers, "after {operation}");
    }
    Ok(())
}

#[tokio::test]
async fn followed_shops_are_current_and_the_newest_follow_is_first() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(100, 1).await?, market.vendor(100, 1).await?];
    let (_, shopper) = market.shopper().await?;
    // The shop that opened last is followed first. Following it again keeps its position.
    for vendor in [&vendors[1], &vendors[0], &vendors[1]] {
        follow(&shopper, "follow_shop", vendor).await?.succeeded()?;
    }
    let shown =
        |vendor: &Vendor| (vendor.shop.id.clone(), json!({ "slug": vendor.shop.slug, "name": vendor.shop.name }));
    await_followed(&shopper, &[shown(&vendors[0]), shown(&vendors[1])]).await?;
    for _ in 0..2 {
        follow(&shopper, "unfollow_shop", &vendors[0]).await?.succeeded()?;
    }
    await_followed(&shopper, &[shown(&vendors[1])]).await?;
    let unknown_shop = shopper.ask("follow_shop")?.path("shop", "shop_0199dc30cafe7933c6d47e8f9a0b1c23").send().await?;
    unknown_shop.refused_with("not_found", 404)?;
    Ok(())
}

#[tokio::test]
async fn the_last_viewed_product_is_first_and_every_product_is_listed_once() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(2_400, 5).await?;
    let products = [vendor.product.id.clone(), another_product(&vendor).await?];
    let (_, shopper) = market.shopper().await?;
    for product in [&products[0], &products[1], &products[0]] {
        assert_eq!(act_on(&shopper, "record_view", product).await?.succeeded()?.status, 204);
    }
    let viewed = list(&shopper, "list_recently_viewed").await?;
    assert_eq!(ids(&viewed), products);
    assert_eq!(viewed[0]["product"]["title"], vendor.product.title.as_str());
    Ok(())
}

#[tokio::test]
async fn the_thirty_last_viewed_products_are_kept() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let (_, shopper) = market.shopper().await?;
    let key = keys::viewed(user_of(&shopper)?);
    seed(&market, &key, "viewed", &shopper, 40).await?;
    let newest = |count: usize| (40 - count..40).rev().map(product);
    assert_eq!(ids(&list(&shopper, "list_recently_viewed").await?), newest(30).collect::<Vec<_>>());
    act_on(&shopper, "record_view", &vendor.product.id).await?.succeeded()?;
    let expected: Vec<String> = [vendor.product.id.clone()].into_iter().chain(newest(29)).collect();
    assert_eq!(ids(&list(&shopper, "list_recently_viewed").await?), expected);
    let stored = market.cloud.item(&key).await?.expect("what was viewed");
    assert_eq!(stored["entries"].as_object().map(Map::len), Some(MAX_VIEWED));
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_views_of_ten_products_record_each_once() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let mut products = try_join_all((0..10).map(|_| another_product(&vendor))).await?;
    let (_, shopper) = market.shopper().await?;
    seed(&market, &keys::viewed(user_of(&shopper)?), "viewed", &shopper, 35).await?;
    let views = (0..200).map(|n| act_on(&shopper, "record_view", &products[n % 10]));
    for answer in try_join_all(views).await? {
        answer.succeeded()?;
    }
    let mut viewed = ids(&list(&shopper, "list_recently_viewed").await?);
    assert_eq!(viewed.len(), MAX_VIEWED);
    let rest: Vec<String> = (15..35).rev().map(product).collect();
    assert_eq!(viewed.split_off(10), rest);
    viewed.sort();
    products.sort();
    assert_eq!(viewed, products);
    Ok(())
}

/// Sends a request about a product.
async fn act_on(shopper: &Client, operation: &str, product: &str) -> Result<Answer> {
    shopper.ask(operation)?.path("product", product).send().await
}

async fn follow(shopper: &Client, operation: &str, vendor: &Vendor) -> Result<Answer> {
    shopper.ask(operation)?.path("shop", &vendor.shop.id).send().await
}

/// Waits until the list of followed shops shows exactly these shops.
async fn await_followed(shopper: &Client, expected: &[(String, Value)]) -> Result {
    await_until(PATIENCE, "the followed shops", async || {
        let followed = list(shopper, "list_followed_shops").await?;
        let shown: Vec<(String, Value)> = followed.iter().map(|shop| (id_of(shop), shop["shop"].clone())).collect();
        Ok((shown == expected).then_some(()))
    })
    .await
}

/// Reads all pages of a list.
async fn list(shopper: &Client, operation: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut request = shopper.ask(operation)?;
    loop {
        let page = request.send().await?.succeeded()?.body;
        all.extend(entries(&page).iter().cloned());
        let Some(next) = page["next"].as_str() else { return Ok(all) };
        request = shopper.ask(operation)?.query("limit", 50).query("cursor", next);
    }
}

pub(crate) fn entries(page: &Value) -> &[Value] {
    page["items"].as_array().expect("items")
}

fn ids(entries: &[Value]) -> Vec<String> {
    entries.iter().map(id_of).collect()
}

pub(crate) fn id_of(entry: &Value) -> String {
    entry["id"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn user_of(client: &Client) -> Result<UserId> {
    let claims = claims_of(client.token().unwrap_or_default())?;
    Ok(UserId::parse(claims["sub"].as_str().unwrap_or_default())?)
}

/// Returns the id of a product that does not exist.
fn product(n: usize) -> String {
    format!("prod_01990000000070008000{n:012x}")
}

/// Stores a list of `count` products that do not exist, one second apart.
async fn seed(market: &Market, key: &Key, kind: &str, shopper: &Client, count: usize) -> Result {
    let entries: Map<String, Value> =
        (0..count).map(|n| (product(n), json!(1_700_000_000_000_i64 + 1_000 * n as i64))).collect();
    let user = user_of(shopper)?.to_string();
    market.cloud.put(&json!({ "pk": key.pk, "sk": key.sk, "type": kind, "user": user, "entries": entries })).await
}

async fn another_product(vendor: &Vendor) -> Result<String> {
    Ok(vendor.client.create_product(&NewProduct::new("Another mug", 100, [NewSku::new(1)])).await?.id)
}

/// Sends `count` requests at the same time.
pub(crate) async fn at_once<'a>(
    count: usize,
    mut request: impl FnMut() -> Result<souk_testkit::Request<'a>>,
) -> Result<Vec<Answer>> {
    let requests = (0..count).map(|_| Ok(request()?.send())).collect::<Result<Vec<_>>>()?;
    try_join_all(requests).await
}
