//! The site: categories, logo, banners, and the products of a deleted category.

use futures::future::{join, join_all, try_join, try_join_all};
use serde_json::{Value, json};
use souk_domain::Slug;
use souk_testkit::{
    Answer, Client, NewProduct, NewSku, PATIENCE, Result, await_until,
    events::sqs_batch,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, keys};

const INITIAL_CATEGORIES: [&str; 10] =
    ["home-kitchen", "clothing", "electronics", "beauty", "toys", "sports", "books", "jewellery", "garden", "food"];

#[tokio::test]
async fn a_new_site_has_categories_with_subcategories() -> Result {
    let market = Market::open()?;
    let site = site(&market.anonymous()?).await?;
    let first: Vec<&Value> =
        categories(&site).filter(|category| INITIAL_CATEGORIES.contains(&slug_of(category))).collect();
    assert_eq!(first.iter().map(|category| slug_of(category)).collect::<Vec<_>>(), INITIAL_CATEGORIES);
    for category in first {
        assert!(category["subcategories"].as_array().is_some_and(|parts| parts.len() >= 3), "{category}");
    }
    Ok(())
}

#[tokio::test]
async fn an_unchanged_site_answers_304() -> Result {
    let market = Market::open()?;
    let anonymous = market.anonymous()?;
    // Another test may change the site between the two requests.
    await_until(PATIENCE, "the same site twice", async || {
        let first = anonymous.ask("get_site")?.send().await?.succeeded()?;
        let tag = first.header("etag").expect("a tag").to_owned();
        let again = anonymous.ask("get_site")?.header("if-none-match", &tag).send().await?.succeeded()?;
        if again.status == 200 {
            return Ok(None);
        }
        assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", Some(tag.as_str())));
        Ok(Some(()))
    })
    .await
}

#[tokio::test]
async fn changes_of_a_category_are_visible_immediately() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor, anonymous) = (market.admin().await?, market.vendor(1_000, 1).await?, market.anonymous()?);
    let slug = new_slug();
    let new =
        json!({ "slug": slug, "name": "Candles", "subcategories": [subcategory("tea-lights")], "commission": 500 });
    let added = add(&admin, &new).await?.succeeded()?;
    assert_eq!(added.status, 201);
    add(&admin, &new).await?.refused_with("slug_taken", 409)?;
    let shown = shown(&anonymous, &slug).await?.expect("the category exists");
    assert_eq!((&shown["name"], &shown["commission"]), (&json!("Candles"), &Value::Null));

    let candle = |subcategory: &str| candle_in(&slug).with("subcategory", subcategory.into());
    vendor.client.create_product(&candle("tea-lights")).await?;
    for invalid in [candle("pillars"), candle_in("no-such-category")] {
        create(&vendor.client, &invalid).await?.refused_with("invalid_input", 422)?;
    }

    let change = json!({
        "version": added.body["version"], "name": "Candles & light", "position": 5,
        "subcategories": [subcategory("tea-lights"), subcategory("pillars")],
    });
    let changed = change_to(&admin, &slug, &change).await?.succeeded()?.body;
    assert_eq!((&changed["used"], &changed["commission"]), (&json!(true), &Value::Null));
    let site = site(&anonymous).await?;
    let order: Vec<&str> = categories(&site).map(slug_of).collect();
    let position = |slug: &str| order.iter().position(|own| *own == slug);
    assert!(position(&slug) < position("clothing"), "{order:?}");
    vendor.client.create_product(&candle("pillars")).await?;

    // The same change again has no effect and is not recorded.
    change_to(&admin, &slug, &change).await?.succeeded()?;
    assert_eq!(actions(&admin, &format!("category_{slug}")).await?, ["change_category", "add_category"]);
    delete(&admin, &slug, Some("food")).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn the_commission_of_a_category_applies_to_its_products() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor, (_, shopper)) =
        (market.admin().await?, market.vendor(1_000, 1).await?, market.shopper().await?);
    let slug = new_slug();
    add(&admin, &json!({ "slug": slug, "name": "Candles", "commission": 500 })).await?.succeeded()?;
    let candle = vendor.client.create_product(&candle_in(&slug)).await?;
    for sku in [&candle.skus[0].id, &vendor.sku()?.id] {
        shopper.set_cart_line(sku, 1).await?;
    }
    let order = shopper.buy().await?;
    let subcategory = vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?.body;
    // 5 % of EUR 9.00, and the marketplace's 10 % of EUR 10.00.
    assert_eq!(subcategory["commission"]["amount"], 145, "{subcategory}");
    delete(&admin, &slug, Some("food")).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn the_second_of_two_parallel_changes_of_a_category_is_refused() -> Result {
    let market = Market::open()?;
    let ((_, one), (_, other)) = (market.admin().await?, market.admin().await?);
    let slug = new_slug();
    let version = add(&one, &json!({ "slug": slug, "name": "Candles" })).await?.succeeded()?.body["version"].clone();
    let to = |name: &str| json!({ "version": version, "name": name, "position": 7 });
    let (lights, wax) = (to("Lights"), to("Wax"));
    let answers = try_join(change_to(&one, &slug, &lights), change_to(&other, &slug, &wax)).await?;
    let [won, lost] = match answers {
        (one, other) if one.status == 200 => [one, other],
        (one, other) => [other, one],
    };
    let won = won.succeeded()?.body;
    lost.refused_with("changed_meanwhile", 409)?;
    assert_eq!(shown(&market.anonymous()?, &slug).await?.expect("the category exists")["name"], won["name"]);
    assert_eq!(actions(&one, &format!("category_{slug}")).await?, ["change_category", "add_category"]);
    delete(&one, &slug, None).await?.succeeded()?;
    change_to(&one, &slug, &lights).await?.refused_with("not_found", 404)?;
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_requests_add_a_category_once() -> Result {
    let market = Market::open()?;
    let (_, admin) = market.admin().await?;
    let new = json!({ "slug": new_slug(), "name": "Candles" });
    let answers = try_join_all((0..50).map(|_| add(&admin, &new))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refusal in answers.into_iter().filter(|answer| answer.status != 201) {
        refusal.refused_with("slug_taken", 409)?;
    }
    let slug = new["slug"].as_str().unwrap_or_default();
    assert_eq!(actions(&admin, &format!("category_{slug}")).await?, ["add_category"]);
    delete(&admin, slug, None).await?.succeeded()?;
    Ok(())
}

/// The only test that changes the site's settings, which exist only once.
#[tokio::test]
async fn an_admin_sets_logo_and_banners_and_parallel_changes_do_not_overwrite_each_other() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, other), anonymous) = (market.admin().await?, market.admin().await?, market.anonymous()?);
    let upload = |client: Client, seed: &'static str| async move {
        client.upload_picture(product_picture(seed, Kind::Mug, Rgb(35, 65, 95))).await
    };
    let (logo, banner) = try_join(upload(admin.clone(), "logo"), upload(admin.clone(), "banner")).await?;
    let set = |client: &Client, version: &Value, logo: Option<&str>, banners: Value| {
        let body = json!({ "version": version, "logo": logo, "banners": banners });
        let client = client.clone();
        async move { client.ask("set_site_settings")?.json(&body).send().await }
    };
    let version = settings(&admin).await?["version"].clone();
    let stolen = set(&other, &version, Some(&logo), json!([banner])).await?.refused_with("invalid_input", 422)?;
    let not_found = |pointer: &str| (pointer.to_owned(), "not_found".to_owned());
    assert_eq!(stolen.field_errors(), [not_found("/banners/0"), not_found("/logo")]);

    set(&admin, &version, Some(&logo), json!([banner])).await?.succeeded()?;
    let shown = site(&anonymous).await?;
    assert!(shown["logo"]["renditions"][0]["url"].as_str().is_some_and(|url| url.contains(&logo)), "{shown}");
    assert_eq!(shown["banners"].as_array().map(Vec::len), Some(1));

    // A picture that is already shown may stay, whoever uploaded it.
    let version = settings(&other).await?["version"].clone();
    let [banner_only, none] = [json!([banner]), json!([])];
    let answers = try_join(set(&admin, &version, Some(&logo), none), set(&other, &version, None, banner_only)).await?;
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", answers.0, answers.1);

    let version = settings(&admin).await?["version"].clone();
    set(&admin, &version, None, json!([])).await?.succeeded()?;
    set(&admin, &version, None, json!([])).await?.succeeded()?;
    assert!(site(&anonymous).await?["logo"].is_null());
    let actions = actions(&admin, "site").await?;
    assert_eq!(&actions[..3], ["change_site"; 3]);
    Ok(())
}

#[tokio::test]
async fn a_used_category_is_deleted_only_into_another_one() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor) = (market.admin().await?, market.vendor(1_000, 1).await?);
    let [old, new, empty] = [new_slug(), new_slug(), new_slug()];
    for slug in [&old, &new, &empty] {
        add(&admin, &json!({ "slug": slug, "name": "Candles", "subcategories": [subcategory("pillars")] })).await?;
    }
    let listed = candle_in(&old).with("subcategory", "pillars".into());
    let listed = vendor.client.create_product(&listed).await?;
    let draft = candle_in(&old).with("status", "draft".into());
    let draft = vendor.client.create_product(&draft).await?;

    delete(&admin, &old, None).await?.refused_with("category_in_use", 409)?;
    for (wrong, code) in [(old.as_str(), "same"), ("no-such-category", "not_found")] {
        let refusal = delete(&admin, &old, Some(wrong)).await?.refused_with("invalid_input", 422)?;
        assert_eq!(refusal.field_errors(), [("?move_to".to_owned(), code.to_owned())]);
    }
    delete(&admin, &empty, None).await?.succeeded()?;
    delete(&admin, &empty, None).await?.refused_with("not_found", 404)?;

    for _ in 0..2 {
        delete(&admin, &old, Some(&new)).await?.succeeded()?;
    }
    assert!(shown(&market.anonymous()?, &old).await?.is_none(), "the category is hidden immediately");
    create(&vendor.client, &candle_in(&old)).await?.refused_with("invalid_input", 422)?;
    delete(&admin, &new, Some("food")).await?.refused_with("category_in_use", 409)?;
    for product in [&listed.id, &draft.id] {
        await_move(&market, product, &new).await?;
    }
    let moved = market.anonymous()?.ask("get_product")?.path("slug", &listed.slug).send().await?.succeeded()?.body;
    assert_eq!((&moved["category"], &moved["subcategory"]), (&json!(new), &Value::Null));

    // The second pass closes the category. Another pass has nothing to do.
    for _ in 0..2 {
        run_second_pass(&market, &old).await?;
    }
    assert!(market.cloud.item(&keys::category(&Slug::parse(&old)?)).await?.is_none());
    let subject = format!("category_{old}");
    let record = admin.ask("list_audit_records")?.query("subject", &subject).send().await?.succeeded()?.body;
    assert_eq!(record["items"][0]["action"], "delete_category");
    assert_eq!(record["items"][0]["detail"], new.as_str());
    delete(&admin, &new, Some("food")).await?.succeeded()?;
    await_move(&market, &listed.id, "food").await
}

#[tokio::test]
async fn a_product_that_is_created_during_the_deletion_of_its_category_is_moved() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor) = (market.admin().await?, market.vendor(1_000, 1).await?);
    let [old, new] = [new_slug(), new_slug()];
    for slug in [&old, &new] {
        add(&admin, &json!({ "slug": slug, "name": "Candles" })).await?.succeeded()?;
    }
    let first = vendor.client.create_product(&candle_in(&old)).await?;
    let late = candle_in(&old);
    let creating = join_all((0..40).map(|_| create(&vendor.client, &late)));
    let deleting = async {
        // The deletion happens between the first and the last of the creations.
        market.anonymous()?.ask("get_site")?.send().await?;
        delete(&admin, &old, Some(&new)).await
    };
    let (created, deleted) = join(creating, deleting).await;
    deleted?.succeeded()?;
    let mut products = vec![first.id];
    for answer in created {
        let answer = answer?;
        if answer.status == 201 {
            products.push(answer.body["id"].as_str().unwrap_or_default().to_owned());
        } else {
            answer.refused_with("invalid_input", 422)?;
        }
    }
    for product in &products {
        await_move(&market, product, &new).await?;
    }
    run_second_pass(&market, &old).await?;
    assert!(market.cloud.item(&keys::category(&Slug::parse(&old)?)).await?.is_none());
    delete(&admin, &new, Some("food")).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn two_categories_cannot_be_deleted_into_each_other() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor) = (market.admin().await?, market.vendor(1_000, 1).await?);
    let [one, other] = [new_slug(), new_slug()];
    for slug in [&one, &other] {
        add(&admin, &json!({ "slug": slug, "name": "Candles" })).await?.succeeded()?;
        vendor.client.create_product(&candle_in(slug)).await?;
    }
    let answers =
        try_join(delete(&admin, &one, Some(&other)), delete(&admin, &other, Some(&one))).await.map(<[_; 2]>::from)?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    for refusal in answers.iter().filter(|answer| answer.status != 204) {
        assert!(matches!(refusal.code(), Some("category_in_use" | "invalid_input")), "{refusal}");
    }
    let (deleted, remaining) = if answers[0].status == 204 { (one, other) } else { (other, one) };
    let open = shown(&market.anonymous()?, &remaining).await?;
    assert!(open.is_some() && shown(&market.anonymous()?, &deleted).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn products_of_a_removed_subcategory_stay_in_the_category() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor) = (market.admin().await?, market.vendor(1_000, 1).await?);
    let slug = new_slug();
    let new = json!({ "slug": slug, "name": "Candles", "subcategories": [subcategory("pillars"), subcategory("tea-lights")] });
    let version = add(&admin, &new).await?.succeeded()?.body["version"].clone();
    let of = |subcategory: &str| candle_in(&slug).with("subcategory", subcategory.into());
    let pillar = vendor.client.create_product(&of("pillars")).await?;
    let light = vendor.client.create_product(&of("tea-lights")).await?;
    let change =
        json!({ "version": version, "name": "Candles", "position": 900, "subcategories": [subcategory("tea-lights")] });
    change_to(&admin, &slug, &change).await?.succeeded()?;
    await_until(PATIENCE, "the product to leave the subcategory", async || {
        let item = market.cloud.item(&product_key(&pillar.id)?).await?.expect("the product exists");
        assert_eq!(item["category"], slug.as_str());
        Ok(item["subcategory"].is_null().then_some(()))
    })
    .await?;
    let item = market.cloud.item(&product_key(&light.id)?).await?.expect("the product exists");
    assert_eq!(item["subcategory"], "tea-lights");
    delete(&admin, &slug, Some("food")).await?.succeeded()?;
    Ok(())
}

pub(crate) async fn site(client: &Client) -> Result<Value> {
    Ok(client.ask("get_site")?.send().await?.succeeded()?.body)
}

pub(crate) async fn settings(admin: &Client) -> Result<Value> {
    Ok(admin.ask("get_site_settings")?.send().await?.succeeded()?.body)
}

fn categories(site: &Value) -> impl Iterator<Item = &Value> {
    site["categories"].as_array().into_iter().flatten()
}

fn slug_of(category: &Value) -> &str {
    category["slug"].as_str().unwrap_or_default()
}

/// Returns a category of the public site.
pub(crate) async fn shown(client: &Client, slug: &str) -> Result<Option<Value>> {
    Ok(categories(&site(client).await?).find(|category| slug_of(category) == slug).cloned())
}

pub(crate) async fn add(admin: &Client, body: &Value) -> Result<Answer> {
    admin.ask("add_category")?.json(body).send().await
}

pub(crate) async fn change_to(admin: &Client, slug: &str, body: &Value) -> Result<Answer> {
    admin.ask("change_category")?.path("slug", slug).json(body).send().await
}

pub(crate) async fn delete(admin: &Client, slug: &str, move_to: Option<&str>) -> Result<Answer> {
    let request = admin.ask("delete_category")?.path("slug", slug);
    match move_to {
        Some(to) => request.query("move_to", to),
        None => request,
    }
    .send()
    .await
}

/// Returns the recorded actions of admins on a subject, the latest first.
async fn actions(admin: &Client, subject: &str) -> Result<Vec<String>> {
    let records = admin.ask("list_audit_records")?.query("subject", subject).send().await?.succeeded()?.body;
    let items = records["items"].as_array().into_iter().flatten();
    Ok(items.filter_map(|record| record["action"].as_str().map(str::to_owned)).collect())
}

async fn create(seller: &Client, product: &NewProduct) -> Result<Answer> {
    seller.ask("create_product")?.json(&product.0).send().await
}

fn subcategory(slug: &str) -> Value {
    json!({ "slug": slug, "name": slug })
}

fn candle_in(category: &str) -> NewProduct {
    NewProduct::new("Beeswax candle", 900, [NewSku::new(3)]).category(category)
}

fn new_slug() -> String {
    format!("candles-{:016x}", fastrand::u64(..))
}

fn product_key(id: &str) -> Result<keys::Key> {
    Ok(keys::product(id.parse()?))
}

async fn await_move(market: &Market, product: &str, category: &str) -> Result {
    await_until(PATIENCE, &format!("{product} to be in {category}"), async || {
        let item = market.cloud.item(&product_key(product)?).await?.expect("the product exists");
        Ok((item["category"] == category && item["gsi3pk"] == format!("CATEGORY#{category}")).then_some(()))
    })
    .await
}

/// Has the worker make its second pass over a category, a minute early.
pub(crate) async fn run_second_pass(market: &Market, category: &str) -> Result {
    let event = json!({ "type": "category_changed", "category": category, "again": true });
    let id = format!("event_{:032x}", fastrand::u128(..));
    let message = json!({ "id": id, "at": "2026-11-21T12:00:00Z", "event": event }).to_string();
    let done = market.call("move-category", &sqs_batch([message.as_str()])).await?;
    assert_eq!(done, json!({ "batchItemFailures": [] }));
    Ok(())
}
