//! Lists and their cursors.

use serde_json::Value;
use souk_testkit::{Client, Failed, NewProduct, NewSku, Result};
use souk_tests::Market;

#[tokio::test]
async fn paging_through_the_catalogue_shows_every_product_once_with_the_newest_first() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let mut created = vec![vendor.product.id.clone()];
    for n in 0..6 {
        let product = NewProduct::new(&format!("Mug {n}"), 100, [NewSku::new(1)]);
        created.push(vendor.client.create_product(&product).await?.id);
    }
    created.reverse();
    let anonymous = market.anonymous()?;
    anonymous.await_count(&vendor.shop.slug, created.len()).await?;
    let shop = [("shop", vendor.shop.slug.as_str())];
    let listed = anonymous.search_through("list_products", &shop, 3, async || Ok(())).await?;
    let listed: Vec<&str> = listed.iter().filter_map(|product| product["id"].as_str()).collect();
    assert_eq!(listed, created);
    Ok(())
}

#[tokio::test]
async fn paging_through_orders_shows_every_order_once_to_shopper_and_seller() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 9).await?;
    let (_, shopper) = market.shopper().await?;
    let mut orders = Vec::new();
    for _ in 0..3 {
        shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
        orders.push(shopper.buy().await?);
    }
    orders.reverse();
    for (client, list) in [(&shopper, "list_orders"), (&vendor.client, "list_shop_orders")] {
        let listed = read_all(client, list, 1).await?;
        let ids: Vec<&str> = listed.iter().filter_map(|order| order["id"].as_str()).collect();
        assert_eq!(ids, orders, "{list}");
    }
    Ok(())
}

#[tokio::test]
async fn a_forged_cursor_and_one_of_another_list_are_refused() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 9).await?;
    vendor.client.create_product(&NewProduct::new("Another mug", 100, [NewSku::new(1)])).await?;
    let (_, shopper) = market.shopper().await?;
    shopper.await_count(&vendor.shop.slug, 2).await?;
    let list = || Ok::<_, Failed>(shopper.ask("list_products")?.query("shop", &vendor.shop.slug).query("limit", 1));
    let page = list()?.send().await?.succeeded()?;
    let cursor = page.body["next"].as_str().expect("there are two products").to_owned();
    let (head, tail) = cursor.split_at(cursor.len() / 2);
    let changed = format!("{head}{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    for cursor in [changed.as_str(), "", "AAAA", head] {
        let forged = list()?.query("cursor", cursor).send().await?;
        forged.refused_with("invalid_cursor", 400)?;
    }
    shopper.ask("list_orders")?.query("cursor", &cursor).send().await?.refused_with("invalid_cursor", 400)?;
    // The cursor is also refused for another shop, another order and other filters.
    let others =
        [("shop", "blue-kiln"), ("sort", "price_up"), ("in_stock", "true"), ("q", "mug"), ("max_price", "100")];
    for (name, value) in others {
        let request = shopper.ask("list_products")?.query("cursor", &cursor).query(name, value);
        let request = if name == "shop" { request } else { request.query("shop", &vendor.shop.slug) };
        request.send().await?.refused_with("invalid_cursor", 400)?;
    }
    list()?.query("cursor", &cursor).send().await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_query_with_unknown_or_invalid_parameters_is_refused_with_all_of_them() -> Result {
    let market = Market::open()?;
    let request = market.anonymous()?;
    let answer = request.ask("list_products")?.query("limit", 0).query("color", "blue").send().await?;
    let refusal = answer.refused_with("invalid_input", 422)?;
    assert_eq!(
        refusal.field_errors(),
        [("?color".to_owned(), "unknown".to_owned()), ("?limit".to_owned(), "out_of_range".to_owned()),]
    );
    Ok(())
}

/// Follows a list's cursors to its end and returns all entries.
pub(crate) async fn read_all(client: &Client, list: &str, limit: u8) -> Result<Vec<Value>> {
    let mut entries = Vec::new();
    let mut cursor = None;
    loop {
        let request = client.ask(list)?.query("limit", limit);
        let request = match &cursor {
            Some(cursor) => request.query("cursor", cursor),
            None => request,
        };
        let page = request.send().await?.succeeded()?.body;
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= usize::from(limit), "{} entries on a page of {limit}", items.len());
        entries.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(entries),
        }
    }
}
