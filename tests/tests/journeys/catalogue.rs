//! Products: what sellers write, who sees it, deletion and restoration.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::ProductId;
use souk_store_catalogue::products::RESTORABLE;
use souk_testkit::{
    Answer, Client, Failed, NewProduct, NewSku, PATIENCE, Result, await_until, euros,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, Vendor, keys};

#[tokio::test]
async fn a_product_shows_everything_its_seller_wrote_without_scripts() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 1).await?;
    let picture = product_picture(&vendor.shop.id, Kind::Shirt, Rgb(0x23, 0x41, 0x5f));
    let picture = vendor.client.upload_picture(picture).await?;
    let mut shirt = shirt();
    shirt["pictures"] = json!([picture]);
    shirt["description"] = json!("<h2>Care</h2><p onclick=alert(1)>Wash <em>cold</em>.</p><script>alert(1)</script>");
    let created = vendor.client.ask("create_product")?.json(&shirt).send().await?.succeeded()?.body;
    assert_eq!(
        (&created["version"], &created["listed"], &created["status"]),
        (&json!(1), &json!(true), &json!("active"))
    );

    let shown = market.anonymous()?.ask("get_product")?.path("slug", slug(&created)).send().await?.succeeded()?.body;
    for field in [
        "title",
        "summary",
        "brand",
        "category",
        "subcategory",
        "tags",
        "video_url",
        "warranty",
        "cash_on_delivery",
        "specifications",
        "properties",
        "faq",
        "price",
        "sale_price",
    ] {
        assert_eq!(shown[field], shirt[field], "{field}");
    }
    assert_eq!(shown["description"], "<h2>Care</h2><p>Wash <em>cold</em>.</p>");
    assert_eq!(shown["pictures"][0]["id"], picture.as_str());
    assert_eq!(shown["shop"]["name"], vendor.shop.name.as_str());
    for hidden in ["keywords", "status", "version"] {
        assert_eq!(shown.get(hidden), None, "{hidden}");
    }
    assert_eq!(options(&shown), ["Red S", "Blue S", "Blue M", "Red M"]);
    // The SKU with a price of its own takes no part in the sale.
    let prices: Vec<_> = skus(&shown).map(|sku| sku["price"]["amount"].clone()).collect();
    assert_eq!(prices, [2_900, 2_000, 2_000, 2_000]);

    let own = own(&vendor, &created).await?;
    assert_eq!((&own["keywords"], own["skus"][0]["own_price"]["amount"].as_i64()), (&shirt["keywords"], Some(2_900)));
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_products_with_one_slug_create_one() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 1).await?;
    let (requested, title) = (unique("mug"), unique("Tea bowl"));
    let product = |n: usize| NewProduct::new(&format!("Mug {n}"), 1_000, [NewSku::new(1)]).slug(&requested);
    let answers = try_join_all((0..50).map(|n| create(&vendor.client, product(n)))).await?;
    let (created_answers, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(created_answers.len(), 1);
    for answer in refused {
        assert_eq!(answer.refused_with("slug_taken", 409)?.field_errors(), [pair("/slug", "taken")]);
    }
    let shown = vendor.client.product(&requested).await?;
    assert_eq!(shown.id, id(&created_answers[0].body));

    // Products without a requested slug get different slugs.
    let without_slug = || create(&vendor.client, NewProduct::new(&title, 1_000, [NewSku::new(1)]));
    let answers = try_join_all((0..50).map(|_| without_slug())).await?;
    let slugs = answers.into_iter().map(|answer| Ok(slug(&answer.succeeded()?.body).to_owned()));
    assert_eq!(slugs.collect::<Result<BTreeSet<_>>>()?.len(), 50);
    Ok(())
}

#[tokio::test]
async fn a_suggested_slug_is_free() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 1).await?;
    let title = unique("Bowl");
    let suggest = async || {
        let answer = vendor.client.ask("suggest_slug")?.query("title", &title).send().await?;
        Ok::<_, Failed>(slug(&answer.succeeded()?.body).to_owned())
    };
    let free = async |slug: &str| {
        let answer = vendor.client.ask("check_slug")?.query("slug", slug).send().await?;
        Ok::<_, Failed>(answer.succeeded()?.body["free"] == true)
    };
    let first = suggest().await?;
    assert_eq!(first, title.to_lowercase());
    assert!(free(&first).await?);
    create(&vendor.client, NewProduct::new(&title, 1_000, [NewSku::new(1)])).await?.succeeded()?;
    assert!(!free(&first).await?);
    assert_eq!(suggest().await?, format!("{first}-2"));
    let refusal = vendor.client.ask("check_slug")?.query("slug", "Not-A-Slug").send().await?;
    assert_eq!(refusal.refused_with("invalid_input", 422)?.field_errors(), [pair("?slug", "malformed")]);
    Ok(())
}

#[tokio::test]
async fn a_product_is_public_only_while_it_is_active() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 1).await?;
    let draft = NewProduct::new("Bowl", 1_000, [NewSku::new(3)]).with("status", "draft".into());
    let draft = create(&vendor.client, draft).await?.succeeded()?.body;
    let (_, shopper) = market.shopper().await?;
    for (status, tab, on_sale) in [
        ("draft", "draft", false),
        ("active", "active", true),
        ("active", "active", true),
        ("pending", "pending", false),
    ] {
        let set = vendor.client.ask("set_product_status")?.path("product", id(&draft));
        let set = set.json(&json!({ "status": status })).send().await?.succeeded()?.body;
        assert_eq!((&set["status"], &set["listed"]), (&json!(status), &json!(on_sale)));
        let found = if on_sale { 200 } else { 404 };
        let page = shopper.ask("get_product")?.path("slug", slug(&draft)).send().await?;
        let line = shopper.ask("set_cart_line")?.path("sku", id(&draft["skus"][0])).json(&json!({ "quantity": 1 }));
        assert_eq!((page.status, line.send().await?.status), (found, found), "{status}");
        for other in ["active", "pending", "draft", "deleted"] {
            assert_eq!(in_tab(&vendor, other, &draft).await?, other == tab, "{status} in {other}");
        }
        await_in_lists(&market, &vendor, &draft, on_sale).await?;
    }
    // The cart drops a line whose product is no longer on sale.
    let cart = shopper.ask("get_cart")?.send().await?.succeeded()?.body;
    assert_eq!((&cart["lines"], &cart["gone"]), (&json!([]), &json!([draft["skus"][0]["id"]])));
    Ok(())
}

#[tokio::test]
async fn a_deleted_product_leaves_every_list_and_is_restored_unchanged() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 30).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let order = shopper.buy().await?;
    let product = json!({ "id": vendor.product.id });
    let original = await_until(PATIENCE, "the sale to be counted", async || {
        let original = own(&vendor, &product).await?;
        Ok((original["sold"] == 1).then_some(original))
    })
    .await?;
    for _ in 0..2 {
        vendor.client.ask("delete_product")?.path("product", &vendor.product.id).send().await?.succeeded()?;
    }
    let deleted = own(&vendor, &product).await?;
    assert_eq!((&deleted["listed"], &deleted["version"]), (&json!(false), &json!(2)), "deleted once");
    assert!(in_tab(&vendor, "deleted", &product).await?);
    assert!(!in_tab(&vendor, "active", &product).await?);
    await_in_lists(&market, &vendor, &product, false).await?;
    shopper.ask("get_product")?.path("slug", &vendor.product.slug).send().await?.refused_with("not_found", 404)?;
    let line = shopper.ask("set_cart_line")?.path("sku", &vendor.sku()?.id).json(&json!({ "quantity": 1 }));
    line.send().await?.refused_with("not_found", 404)?;
    edit_to(&vendor, &deleted, &shirt()).await?.refused_with("product_deleted", 409)?;
    let status = vendor.client.ask("set_product_status")?.path("product", &vendor.product.id);
    status.json(&json!({ "status": "draft" })).send().await?.refused_with("product_deleted", 409)?;
    let taken =
        create(&vendor.client, NewProduct::new("Mug", 100, [NewSku::new(1)]).slug(&vendor.product.slug)).await?;
    taken.refused_with("slug_taken", 409)?;

    for _ in 0..2 {
        restore(&vendor).await?.succeeded()?;
    }
    let mut back = own(&vendor, &product).await?;
    assert_eq!(back["version"], 3, "restored once");
    for changing in ["version", "updated_at"] {
        back[changing] = original[changing].clone();
    }
    assert_eq!(back, original);
    await_in_lists(&market, &vendor, &product, true).await?;

    // After a day the product cannot be restored, and the purge deletes it. The order does not change.
    vendor.client.ask("delete_product")?.path("product", &vendor.product.id).send().await?.succeeded()?;
    expire_deletion(&market, &vendor).await?;
    restore(&vendor).await?.refused_with("not_found", 404)?;
    let before = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    market.call("purge-products", &json!({})).await?;
    let missing = vendor.client.ask("get_own_product")?.path("product", &vendor.product.id).send().await?;
    missing.refused_with("not_found", 404)?;
    assert!(!in_tab(&vendor, "deleted", &product).await?);
    assert_eq!(shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body, before);
    create(&vendor.client, NewProduct::new("Mug", 100, [NewSku::new(1)]).slug(&vendor.product.slug))
        .await?
        .succeeded()?;
    Ok(())
}

#[tokio::test]
async fn another_sellers_product_is_not_found() -> Result {
    let market = Market::open()?;
    let (vendor, attacker) = (market.vendor(1_000, 1).await?, market.vendor(1_000, 1).await?);
    let foreign = vendor.product.id.as_str();
    let change = json!({ "sku": vendor.sku()?.id, "delta": -1, "reason": "loss" });
    let request = |operation: &str| Ok::<_, Failed>(attacker.client.ask(operation)?.path("product", foreign));
    let answers = [
        request("get_own_product")?.send().await?,
        request("edit_product")?.query("version", 1).json(&shirt()).send().await?,
        request("set_product_status")?.json(&json!({ "status": "draft" })).send().await?,
        request("delete_product")?.send().await?,
        request("restore_product")?.send().await?,
        request("adjust_stock")?.json(&change).key("theft").send().await?,
        request("list_stock_changes")?.send().await?,
    ];
    for answer in answers {
        answer.refused_with("not_found", 404)?;
    }
    assert_eq!(vendor.stock().await?, 1);
    Ok(())
}

/// Moves the deletion more than a day into the past, in the item and in the list that the schedule reads.
async fn expire_deletion(market: &Market, vendor: &Vendor) -> Result {
    let product: ProductId = vendor.product.id.parse()?;
    let deleted_at = Timestamp::now() - RESTORABLE - SignedDuration::from_mins(1);
    let list_key = keys::in_trash(deleted_at + RESTORABLE, product);
    let expired = [("deleted_at", json!(deleted_at.as_millisecond())), ("gsi1sk", json!(list_key.at))];
    market.cloud.set(&keys::product(product), &expired).await
}

/// Waits until all lists show the product, or none does: all products, its category and its shop.
async fn await_in_lists(market: &Market, vendor: &Vendor, product: &Value, expected: bool) -> Result {
    let anonymous = market.anonymous()?;
    let shop = vendor.shop.slug.as_str();
    for (list, query) in [
        ("list_products", &[("shop", shop)][..]),
        ("list_products", &[("shop", shop), ("category", "home-kitchen")]),
        ("list_shop_products", &[("slug", shop)]),
    ] {
        anonymous.await_search(list, query, |found| found.ids().contains(&id(product)) == expected).await?;
    }
    Ok(())
}

async fn in_tab(vendor: &Vendor, tab: &str, product: &Value) -> Result<bool> {
    let list = vendor.client.ask("list_own_products")?.query("tab", tab).send().await?.succeeded()?.body;
    Ok(contains(&list["items"], product))
}

fn contains(items: &Value, product: &Value) -> bool {
    items.as_array().expect("items").iter().any(|item| item["id"] == product["id"])
}

pub(crate) async fn own(vendor: &Vendor, product: &Value) -> Result<Value> {
    Ok(vendor.client.ask("get_own_product")?.path("product", id(product)).send().await?.succeeded()?.body)
}

pub(crate) async fn edit_to(vendor: &Vendor, shown: &Value, edit: &Value) -> Result<Answer> {
    let request = vendor.client.ask("edit_product")?.path("product", id(shown)).query("version", &shown["version"]);
    request.json(edit).send().await
}

async fn restore(vendor: &Vendor) -> Result<Answer> {
    vendor.client.ask("restore_product")?.path("product", &vendor.product.id).send().await
}

async fn create(client: &Client, product: NewProduct) -> Result<Answer> {
    client.ask("create_product")?.json(&product.0).send().await
}

/// Returns a shirt with every field that a product can have but pictures.
pub(crate) fn shirt() -> Value {
    json!({
        "title": "Linen shirt",
        "summary": "Cool in August.",
        "description": "<p>Garment dyed.</p>",
        "category": "clothing",
        "subcategory": "tops",
        "brand": "Linden & Loom",
        "tags": ["linen", "summer"],
        "keywords": ["blouse"],
        "video_url": "https://www.example.com/shirt",
        "warranty": "2 years on the seams",
        "cash_on_delivery": true,
        "specifications": [{ "name": "Weight", "value": "160 g/m²" }],
        "properties": [{ "name": "Buttons", "values": ["Horn", "Shell"] }],
        "faq": [{ "question": "Does it shrink?", "answer": "By 3 % in the\nfirst wash." }],
        "price": euros(2_500),
        "sale_price": euros(2_000),
        "skus": [{ "colour": "Red", "size": "S", "price": euros(2_900), "stock": 3, "code": "R-S" }],
        "matrix": { "colours": ["Blue", "Red"], "sizes": ["S", "M"], "stock": 3 },
    })
}

pub(crate) fn skus(product: &Value) -> impl Iterator<Item = &Value> {
    product["skus"].as_array().into_iter().flatten()
}

pub(crate) fn options(product: &Value) -> Vec<String> {
    let text = |sku: &Value, field: &str| sku[field].as_str().unwrap_or("-").to_owned();
    skus(product).map(|sku| format!("{} {}", text(sku, "colour"), text(sku, "size"))).collect()
}

pub(crate) fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap_or_default()
}

pub(crate) fn slug(product: &Value) -> &str {
    product["slug"].as_str().unwrap_or_default()
}

pub(crate) fn pair(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

pub(crate) fn unique(name: &str) -> String {
    format!("{name}-{:012x}", fastrand::u64(..) >> 16)
}
