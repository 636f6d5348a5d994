//! Shops: their pages, slugs and settings.

use futures::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::Slug;
use souk_testkit::{
    Answer, Client, Failed, PATIENCE, Result, await_until,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, Vendor, keys};

use crate::{
    site::run_second_pass,
    tokens::{SigningKey, claims_of},
};

#[tokio::test]
async fn a_shop_shows_every_field_and_an_edit_removes_missing_ones() -> Result {
    let market = Market::open()?;
    let (account, seller) = market.seller().await?;
    let picture = seller.upload_picture(product_picture(&account.email, Kind::Mug, Rgb(0x23, 0x41, 0x5f))).await?;
    let mut form = form(&unique("kiln"));
    (form["avatar"], form["cover"]) = (json!(picture), json!(picture));
    let opened = seller.ask("create_shop")?.json(&form).send().await?.succeeded()?.body;

    let shop = market.anonymous()?.ask("get_shop")?.path("slug", text(&form["slug"])).send().await?.succeeded()?.body;
    assert_eq!(shop, opened);
    for field in ["name", "slug", "bio", "category", "address", "website", "social"] {
        assert_eq!(shop[field], form[field], "{field}");
    }
    assert_eq!(shop["opening_hours"]["saturday"], form["opening_hours"]["saturday"]);
    assert_eq!(shop["opening_hours"]["sunday"], json!([]));
    for picture in ["avatar", "cover"] {
        let url = shop[picture]["renditions"][0]["url"].as_str().expect("an address");
        assert!(reqwest::get(url).await?.status().is_success(), "{picture}");
    }
    assert_eq!(shop["followers"], 0);

    let plain = json!({ "name": "Blue Kiln" });
    for _ in 0..2 {
        let edited = seller.ask("edit_shop")?.json(&plain).send().await?.succeeded()?.body;
        assert_eq!((&edited["slug"], &edited["open"]), (&form["slug"], &json!(true)), "the slug stays");
        for field in ["bio", "category", "address", "opening_hours", "website", "avatar", "cover"] {
            assert_eq!(edited.get(field), None, "{field}");
        }
    }
    let own = seller.ask("get_own_shop")?.send().await?.succeeded()?.body;
    assert_eq!((&own["name"], own.get("restorable_until")), (&json!("Blue Kiln"), None));
    Ok(())
}

#[tokio::test]
async fn a_shop_with_wrong_fields_is_refused_with_all_of_them() -> Result {
    let market = Market::open()?;
    let ((_, seller), (account, other)) = (market.seller().await?, market.seller().await?);
    let wrong = json!({
        "name": "x".repeat(101),
        "slug": "Blue Kiln",
        "address": { "street": "Kiln Lane 7", "city": "", "zip": "!", "country": "XX" },
        "opening_hours": {
            "monday": [{ "opens": "18:00", "closes": "09:00" }],
            "tuesday": [{ "opens": "9:00", "closes": "25:00" }],
            "someday": [],
        },
        "website": "javascript:alert(1)",
        "social": { "instagram": "https://ann:secret@example.com", "myspace": "https://example.com" },
        "colour": "blue",
    });
    let refusal = seller.ask("create_shop")?.json(&wrong).send().await?.refused_with("invalid_input", 422)?;
    let expected = [
        ("/address/city", "empty"),
        ("/address/country", "unknown"),
        ("/address/zip", "malformed"),
        ("/colour", "unknown"),
        ("/name", "too_long"),
        ("/opening_hours/monday", "out_of_order"),
        ("/opening_hours/someday", "unknown"),
        ("/opening_hours/tuesday/0/closes", "malformed"),
        ("/opening_hours/tuesday/0/opens", "malformed"),
        ("/slug", "malformed"),
        ("/social/instagram", "malformed"),
        ("/social/myspace", "unknown"),
        ("/website", "malformed"),
    ];
    let expected = expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
    assert_eq!(refusal.field_errors(), expected);

    let foreign = other.upload_picture(product_picture(&account.email, Kind::Lamp, Rgb(0x23, 0x41, 0x5f))).await?;
    let with = async |field: &str, value: &str| {
        let answer = seller.ask("create_shop")?.json(&json!({ "name": "Blue Kiln", field: value })).send().await?;
        Ok::<_, Failed>(answer.refused_with("invalid_input", 422)?.field_errors())
    };
    assert_eq!(with("avatar", &foreign).await?, [("/avatar".to_owned(), "not_found".to_owned())]);
    assert_eq!(with("category", "moon-rocks").await?, [("/category".to_owned(), "unknown_category".to_owned())]);
    seller.ask("get_own_shop")?.send().await?.refused_with("no_shop", 409)?;
    seller.ask("edit_shop")?.json(&json!({ "name": "Blue Kiln" })).send().await?.refused_with("no_shop", 409)?;
    Ok(())
}

#[tokio::test]
async fn fifty_parallel_shops_with_one_slug_create_one() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let sellers = many_principals(&market, &seller, 50).await?;
    let slug = unique("kiln");
    let form = json!({ "name": "Blue Kiln", "slug": slug });
    let answers = sellers.iter().map(|seller| Ok(seller.ask("create_shop")?.json(&form).send()));
    let answers: Vec<Answer> = try_join_all(answers.collect::<Result<Vec<_>>>()?).await?;
    let (opened, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(opened.len(), 1);
    for answer in refused {
        answer.refused_with("slug_taken", 409)?;
    }
    let shop = market.anonymous()?.ask("get_shop")?.path("slug", &slug).send().await?.succeeded()?.body;
    assert_eq!(shop["id"], opened[0].body["id"]);
    // A seller who chose no slug gets a generated one with a suffix.
    seller.ask("create_shop")?.json(&json!({ "name": slug })).send().await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn products_show_a_new_shop_name_and_slug_and_the_old_slug_is_free() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(2_400, 5).await?;
    let (name, slug) = ("Green Kiln", unique("green-kiln"));
    vendor.client.ask("edit_shop")?.json(&json!({ "name": name, "slug": slug })).send().await?.succeeded()?;
    await_until(PATIENCE, "the product to show its shop's new name", async || {
        let product = product(&vendor).await?.succeeded()?.body;
        Ok((product["shop"]["name"] == name && product["shop"]["slug"] == slug.as_str()).then_some(()))
    })
    .await?;
    let anonymous = market.anonymous()?;
    anonymous.ask("get_shop")?.path("slug", &vendor.shop.slug).send().await?.refused_with("not_found", 404)?;
    let (_, other) = market.seller().await?;
    let taken = other.ask("create_shop")?.json(&json!({ "name": "Kiln", "slug": slug })).send().await?;
    assert_eq!(taken.refused_with("slug_taken", 409)?.field_errors(), [("/slug".to_owned(), "taken".to_owned())]);
    let old = json!({ "name": "Kiln", "slug": vendor.shop.slug });
    other.ask("create_shop")?.json(&old).send().await?.succeeded()?;
    let product = product(&vendor).await?.succeeded()?.body;
    assert_eq!(product["shop"]["slug"], slug.as_str(), "the product does not link to the shop that took the old slug");
    Ok(())
}

#[tokio::test]
async fn a_seller_sets_the_low_stock_threshold() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let settings = async || Ok::<_, Failed>(vendor.client.ask("get_shop_settings")?.send().await?.succeeded()?.body);
    assert_eq!(settings().await?, json!({ "low_stock": 5 }));
    let set = async |low_stock: i64| {
        vendor.client.ask("set_shop_settings")?.json(&json!({ "low_stock": low_stock })).send().await
    };
    set(0).await?.succeeded()?;
    assert_eq!(settings().await?, json!({ "low_stock": 0 }));
    set(-1).await?.refused_with("invalid_input", 422)?;
    // An edit of the shop's page does not change its settings.
    vendor.client.ask("edit_shop")?.json(&json!({ "name": "Kiln" })).send().await?.succeeded()?;
    assert_eq!(settings().await?, json!({ "low_stock": 0 }));
    Ok(())
}

#[tokio::test]
async fn deleting_a_category_moves_open_and_closed_shops() -> Result {
    let market = Market::open()?;
    let ((_, admin), vendor, closed) =
        (market.admin().await?, market.vendor(100, 1).await?, market.vendor(100, 1).await?);
    let [old, new] = [unique("lamps"), unique("lights")];
    for slug in [&old, &new] {
        admin.ask("add_category")?.json(&json!({ "slug": slug, "name": "Lamps" })).send().await?.succeeded()?;
    }
    let in_old = json!({ "name": "Blue Kiln", "category": old });
    for vendor in [&vendor, &closed] {
        vendor.client.ask("edit_shop")?.json(&in_old).send().await?.succeeded()?;
    }
    closed.client.ask("delete_shop")?.send().await?.succeeded()?;

    // No product was ever in the category, but a shop is.
    let delete = || Ok::<_, Failed>(admin.ask("delete_category")?.path("slug", &old));
    delete()?.send().await?.refused_with("category_in_use", 409)?;
    delete()?.query("move_to", &new).send().await?.succeeded()?;
    for vendor in [&vendor, &closed] {
        await_until(PATIENCE, "the shop to be in the new category", async || {
            let own = vendor.client.ask("get_own_shop")?.send().await?.succeeded()?.body;
            Ok((own["category"] == new.as_str()).then_some(()))
        })
        .await?;
    }
    vendor.client.ask("edit_shop")?.json(&in_old).send().await?.refused_with("invalid_input", 422)?;
    let in_new = json!({ "name": "Blue Kiln", "category": new });
    vendor.client.ask("edit_shop")?.json(&in_new).send().await?.succeeded()?;

    // The second pass finds nothing and closes the category.
    run_second_pass(&market, &old).await?;
    assert!(market.cloud.item(&keys::category(&Slug::parse(&old)?)).await?.is_none());
    Ok(())
}

pub(crate) async fn product(vendor: &Vendor) -> Result<Answer> {
    vendor.client.ask("get_product")?.path("slug", &vendor.product.slug).send().await
}

pub(crate) async fn follow(shopper: &Client, shop: &str) -> Result<Answer> {
    shopper.ask("follow_shop")?.path("shop", shop).send().await
}

/// Creates `count` more principals like that of `template`. Their profiles and sessions are written straight into the table,
/// because a registration is slow.
pub(crate) async fn many_principals(market: &Market, template: &Client, count: usize) -> Result<Vec<Client>> {
    let forge = SigningKey::of(market).await?;
    let claims = claims_of(template.token().unwrap_or_default())?;
    let kind = text(&claims["sub"]).split('_').next().unwrap_or_default();
    let profile = market.cloud.partition(&format!("{}#{}", kind.to_uppercase(), text(&claims["sub"]))).await?;
    let principal = text(&claims["sub"]).parse()?;
    let session = market.cloud.item(&keys::session(principal, text(&claims["sid"]).parse()?)).await?;
    let session = session.ok_or_else(|| Failed::new("no session"))?;
    let one = async |_: usize| {
        let id = format!("{kind}_{:012x}7{:019x}", Timestamp::now().as_millisecond(), fastrand::u64(..));
        let (mut claims, mut profile, mut session) = (claims.clone(), profile[0].clone(), session.clone());
        (claims["sub"], profile["id"], session["principal"]) = (json!(id), json!(id), json!(id));
        profile["pk"] = json!(format!("{}#{id}", kind.to_uppercase()));
        session["pk"] = json!(format!("ACCESS#{id}"));
        market.cloud.put(&profile).await?;
        market.cloud.put(&session).await?;
        Ok(market.anonymous()?.with_token(forge.sign("at+jwt", &claims)?))
    };
    try_join_all((0..count).map(one)).await
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns the body of a shop with every field but pictures.
fn form(slug: &str) -> Value {
    json!({
        "name": "Blue Kiln",
        "slug": slug,
        "bio": "Stoneware from a shed in Brandenburg.",
        "category": "home-kitchen",
        "address": { "street": "Kiln Lane 7", "city": "Potsdam", "zip": "14467", "country": "DE" },
        "opening_hours": { "saturday": [{ "opens": "10:00", "closes": "13:00" }, { "opens": "14:00", "closes": "24:00" }] },
        "website": "https://kiln.example.com",
        "social": { "instagram": "https://www.instagram.com/bluekiln" },
    })
}

fn unique(name: &str) -> String {
    format!("{name}-{:012x}", fastrand::u64(..) >> 16)
}
