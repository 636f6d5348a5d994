//! Search: found by words, filtered, sorted, counted and suggested.
//!
//! The index is some seconds behind the table, so what was just written is awaited. Everybody sells in a shop of their own
//! and looks there alone, so nobody finds what other tests sell.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use souk_testkit::{Client, Failed, Found, NewProduct, NewSku, PATIENCE, Result, await_until};
use souk_tests::{Market, Vendor};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::catalogue::{id, unique};

/// A shop that sells this and that.
struct Scene {
    market: Market,
    vendor: Vendor,
    anybody: Client,
    mug: String,
    cup: String,
    shoes: String,
    dish: String,
    shirt: String,
    scarf: String,
}

impl Scene {
    async fn set() -> Result<Self> {
        let market = Market::open()?;
        let (vendor, anybody) = (market.vendor(9_900, 1).await?, market.anybody()?);
        let new = async |product: NewProduct| Ok::<_, Failed>(vendor.client.create_product(&product).await?.id);
        let sku = |colour: &str, stock: u32| NewSku::new(stock).colour(colour);
        let mug = NewProduct::new("Glazed coffee mug", 1_850, [sku("Blue", 5), sku("White", 3)]);
        let cup = NewProduct::new("Kaffeetasse", 1_200, [sku("White", 4)]);
        let shoes = NewProduct::new("Schuhe aus Leder", 8_900, ["38", "40"].map(|size| sku("Brown", 2).size(size)));
        let dish = NewProduct::new("Crème brûlée dish", 2_400, [sku("White", 1)]).sale_price(1_900);
        let shirt = NewProduct::new("Linen shirt", 4_900, ["S", "M"].map(|size| sku("Blue", 2).size(size)));
        let scarf = NewProduct::new("Woollen scarf", 3_900, [sku("Red", 0)]);
        let clothing = |product: NewProduct| product.category("clothing").with("tags", json!(["warm", "soft"]));
        let scene = Self {
            mug: new(mug.with("brand", "Blue Kiln".into()).with("tags", json!(["handmade"]))).await?,
            cup: new(cup.with("tags", json!(["handmade"]))).await?,
            shoes: new(clothing(shoes)).await?,
            dish: new(dish).await?,
            shirt: new(clothing(shirt).with("brand", r"Linden, Loom \ Sons".into())).await?,
            scarf: new(clothing(scarf)).await?,
            market,
            anybody,
            vendor,
        };
        scene.anybody.await_count(&scene.vendor.shop.slug, 7).await?;
        Ok(scene)
    }

    /// What of the shop is found.
    async fn search(&self, query: &[(&str, &str)]) -> Result<Found> {
        let query = [&[("shop", self.vendor.shop.slug.as_str())], query].concat();
        self.anybody.search("list_products", &query).await
    }
}

#[tokio::test]
async fn a_shopper_finds_a_product_by_misspelt_words_by_a_prefix_by_a_compound_and_without_accents() -> Result {
    let scene = Scene::set().await?;
    for (words, product) in [
        ("coffee mug", &scene.mug),
        ("mug glazed", &scene.mug),
        ("COFFEE MUGS", &scene.mug),
        ("cofee", &scene.mug),
        ("glzaed mug", &scene.mug),
        ("glazed mugg", &scene.mug),
        ("blue kiln", &scene.mug),
        ("kaffeet", &scene.cup),
        ("linen shi", &scene.shirt),
        // German compounds, both ways.
        ("tasse", &scene.cup),
        ("lederschuhe", &scene.shoes),
        // Accents, and what is typed instead of them.
        ("creme brulee", &scene.dish),
        ("crème brûlée", &scene.dish),
        // What the seller tagged it with.
        ("handmade coffee", &scene.mug),
    ] {
        let found = scene.search(&[("q", words)]).await?;
        assert_eq!(found.ids().first(), Some(&product.as_str()), "{words}: {:?}", found.items);
    }
    Ok(())
}

#[tokio::test]
async fn a_shopper_is_told_what_was_searched_for_instead_of_a_misspelt_word_and_only_then() -> Result {
    let scene = Scene::set().await?;
    assert_eq!(scene.search(&[("q", "glazed cofee mug")]).await?.did_you_mean.as_deref(), Some("glazed coffee mug"));
    for right in ["glazed coffee mug", "Glazed Coffee", ""] {
        assert_eq!(scene.search(&[("q", right)]).await?.did_you_mean, None, "{right}");
    }
    Ok(())
}

#[tokio::test]
async fn a_shopper_filters_by_everything_at_once() -> Result {
    let scene = Scene::set().await?;
    let Scene { mug, cup, shoes, dish, shirt, scarf, .. } = &scene;
    let other = scene.vendor.product.id.as_str();
    for (query, ids) in [
        (&[("colour", "Blue")][..], &[shirt.as_str(), mug][..]),
        (&[("colour", "Blue,Red")], &[scarf, shirt, mug]),
        (&[("colour", "Blue"), ("size", "M,L")], &[shirt]),
        (&[("size", "38")], &[shoes]),
        (&[("tag", "warm")], &[scarf, shirt, shoes]),
        (&[("tag", "Handmade")], &[cup, mug]),
        (&[("brand", "Blue Kiln")], &[mug]),
        (&[("brand", r"Linden\, Loom \\ Sons")], &[shirt]),
        (&[("category", "clothing")], &[scarf, shirt, shoes]),
        (&[("category", "clothing"), ("in_stock", "true")], &[shirt, shoes]),
        (&[("category", "clothing"), ("in_stock", "false")], &[scarf, shirt, shoes]),
        (&[("min_price", "1900"), ("max_price", "4900")], &[scarf, shirt, dish]),
        (&[("max_price", "1200")], &[cup]),
        (&[("min_price", "9901")], &[]),
        (&[("category", "clothing"), ("colour", "Red,Brown"), ("max_price", "5000")], &[scarf]),
        (&[("min_rating", "1")], &[]),
        (&[("on_offer", "true")], &[]),
        (&[("colour", "Mauve")], &[]),
        (&[("min_price", "9900")], &[other]),
    ] {
        let found = scene.search(query).await?;
        assert_eq!((found.ids().as_slice(), found.total), (ids, Some(ids.len())), "{query:?}");
    }
    let refusal = scene.anybody.ask("list_products")?.query("min_price", 2).query("max_price", 1).send().await?;
    let refusal = refusal.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("?max_price".to_owned(), "out_of_range".to_owned())]);
    let request =
        scene.anybody.ask("list_products")?.query("min_price", "x").query("min_rating", 6).query("size", "S,,");
    let refusal =
        request.query("sort", "best").query("in_stock", 1).send().await?.refused_with("invalid_input", 422)?;
    let pointers: Vec<String> = refusal.field_errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["?in_stock", "?min_price", "?min_rating", "?size/1", "?size/2", "?sort"]);
    Ok(())
}

#[tokio::test]
async fn a_shopper_sorts() -> Result {
    let scene = Scene::set().await?;
    let Scene { mug, cup, shoes, dish, shirt, scarf, .. } = &scene;
    let other = scene.vendor.product.id.as_str();
    let up = [cup.as_str(), mug, dish, scarf, shirt, shoes, other];
    let down = up.iter().rev().copied().collect::<Vec<_>>();
    for (sort, ids) in [
        ("newest", &[scarf.as_str(), shirt, dish, shoes, cup, mug, other][..]),
        ("price_up", &up),
        ("price_down", &down),
    ] {
        assert_eq!(scene.search(&[("sort", sort)]).await?.ids(), ids, "{sort}");
    }
    let relevance = scene.search(&[("sort", "relevance")]).await?;
    assert_eq!(relevance.ids().last(), Some(&scarf.as_str()), "what is sold out comes last");

    // What sells comes first.
    let (_, shopper) = scene.market.shopper().await?;
    let page = scene.vendor.client.ask("get_own_product")?.path("product", dish).send().await?.succeeded()?.body;
    shopper.set_cart_line(page["skus"][0]["id"].as_str().expect("a variant"), 1).await?;
    shopper.buy().await?;
    let query = [("shop", scene.vendor.shop.slug.as_str()), ("sort", "best_selling")];
    scene.anybody.await_search("list_products", &query, |found| found.ids().first() == Some(&dish.as_str())).await?;
    Ok(())
}

#[tokio::test]
async fn facets_count_what_filtering_by_them_finds() -> Result {
    let scene = Scene::set().await?;
    let mut counted = 0;
    for query in
        [&[][..], &[("colour", "Blue,White")], &[("category", "clothing"), ("max_price", "8000")], &[("q", "mug")]]
    {
        let found = scene.search(query).await?;
        let without = |name: &str| query.iter().copied().filter(|(own, _)| *own != name).collect::<Vec<_>>();
        for facet in ["category", "brand", "colour", "size", "tag"] {
            for (value, count) in found.facet(facet) {
                let escaped = value.replace('\\', r"\\").replace(',', r"\,");
                let filtered = scene.search(&[&without(facet)[..], &[(facet, escaped.as_str())]].concat()).await?;
                assert_eq!(filtered.total, Some(count), "{query:?} with {facet} {value}");
                counted += 1;
            }
        }
        for flag in ["in_stock", "on_offer"] {
            let filtered = scene.search(&[&without(flag)[..], &[(flag, "true")]].concat()).await?;
            assert_eq!(filtered.total.map(Value::from).as_ref(), Some(&found.facets[flag]), "{query:?} with {flag}");
        }
        for (stars, count) in
            ["1", "2", "3", "4", "5"].into_iter().zip(found.facets["min_rating"].as_array().expect("5"))
        {
            let filtered = scene.search(&[&without("min_rating")[..], &[("min_rating", stars)]].concat()).await?;
            assert_eq!(filtered.total.map(Value::from).as_ref(), Some(count), "{query:?} with {stars} stars");
        }
    }
    assert!(counted > 20, "there were facets to look at");
    let all = scene.search(&[]).await?;
    assert_eq!(all.facet("category"), [("home-kitchen", 4), ("clothing", 3)]);
    assert_eq!([&all.facets["min_price"], &all.facets["max_price"]], [&json!(1_200), &json!(9_900)]);
    // They come with the first part alone.
    let first = scene.search(&[("limit", "2")]).await?;
    let second = scene.search(&[("limit", "2"), ("cursor", first.next.as_deref().expect("there are more"))]).await?;
    assert_eq!((first.facets.is_null(), second.facets.is_null()), (false, true));
    Ok(())
}

#[tokio::test]
async fn somebody_who_is_typing_is_shown_products_shops_and_categories() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let word: String = std::iter::repeat_with(|| fastrand::char('a'..='z')).take(12).collect();
    let shop = seller.open_shop(&format!("{word} ceramics")).await?;
    let product = seller.create_product(&NewProduct::new(&format!("Vase {word}"), 1_000, [NewSku::new(1)])).await?;
    let draft = NewProduct::new(&format!("Bowl {word}"), 1_000, [NewSku::new(1)]).with("status", "draft".into());
    seller.create_product(&draft).await?;
    let anybody = market.anybody()?;
    let suggest =
        async |typed: &str| Ok::<_, Failed>(anybody.ask("suggest")?.text("q", typed).send().await?.succeeded()?.body);
    let has = |list: &Value, field: &str, value: &str| {
        list.as_array().is_some_and(|list| list.iter().any(|entry| entry[field] == value))
    };
    await_until(PATIENCE, "the product and the shop to be suggested", async || {
        let suggested = suggest(&word[..8]).await?;
        let both = has(&suggested["products"], "id", &product.id) && has(&suggested["shops"], "id", &shop.id);
        Ok(both.then_some(()))
    })
    .await?;
    let suggested = suggest(&word[..8]).await?;
    assert_eq!(suggested["products"].as_array().map(Vec::len), Some(1), "a draft is its seller's alone");
    assert!(suggested["texts"].to_string().contains(&word), "{suggested}");
    let kitchen = suggest("kitch").await?;
    assert!(has(&kitchen["categories"], "slug", "home-kitchen"), "{kitchen}");
    let tops = suggest("tops").await?;
    let part = tops["categories"].as_array().into_iter().flatten().find(|category| category["slug"] == "tops");
    assert_eq!(part.map(|part| &part["parent"]["slug"]), Some(&json!("clothing")), "{tops}");
    for nothing in ["", "   ", "\u{0}"] {
        assert_eq!(suggest(nothing).await?["products"], json!([]), "{nothing:?}");
    }
    let refusal = anybody.ask("suggest")?.query("limit", 21).send().await?.refused_with("invalid_input", 422)?;
    let pointers: Vec<String> = refusal.field_errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["?limit", "?q"]);
    Ok(())
}

#[tokio::test]
async fn nothing_that_somebody_types_is_more_than_words() -> Result {
    let market = Market::open()?;
    let anybody = market.anybody()?;
    let long = "mug ".repeat(50);
    let words = [
        "title:mug AND (",
        "mug\" OR \"1\"=\"1",
        "+mug -mug",
        "*:*",
        "mug*",
        "mug~2^9",
        "[a TO z]",
        "{\"$ne\":null}",
        "NOT",
        "/.*/",
        "\\",
        "\u{0}\u{1}\u{7f}",
        "\u{202e}gum\u{202c}",
        "🫖🏽👨‍👩‍👧",
        "ｍｕｇ",
        "מוק كوب カップ",
        "e\u{301}\u{301}\u{301}",
        "' ; DROP TABLE products; --",
        "%00%ff",
        long.trim(),
        &"x".repeat(200),
        &"ß".repeat(200),
        &"a ".repeat(100),
        "$ { ( [ < \" ' `",
    ];
    for words in words {
        for (list, query) in [("list_products", "q"), ("list_offers", "q"), ("suggest", "q")] {
            anybody.ask(list)?.text(query, words).send().await?.succeeded().map_err(|failed| failed.during(words))?;
        }
    }
    let answer = anybody.ask("list_products")?.text("q", &"x".repeat(201)).send().await?;
    assert_eq!(answer.refused_with("invalid_input", 422)?.field_errors(), [("?q".to_owned(), "too_long".to_owned())]);
    // What is no text, and what is no URI.
    for raw in ["%FF%FE", "%C3", "%ED%A0%80", "%", "%zz", "%00", "a%0Ab", "+", "%2B%26%3D%23"] {
        anybody.ask("list_products")?.query("q", raw).send().await?.succeeded().map_err(|failed| failed.during(raw))?;
    }
    for raw in ["q=\"blue mug\"", "q=<mug>", "q=\"\"\"&colour=\"", "q=mug{}|\\^`"] {
        let status = status_of(&market, raw).await?;
        assert!((200..500).contains(&status), "{raw}: {status}");
    }
    Ok(())
}

/// The status that a query gets which no HTTP client would send as it is.
async fn status_of(market: &Market, query: &str) -> Result<u16> {
    let url: reqwest::Url = format!("{}/v1/products", market.stack.api).parse()?;
    let (Some(host), Some(port)) = (url.host_str(), url.port()) else { return Err(Failed::new("no address")) };
    let mut stream = TcpStream::connect((host, port)).await?;
    let query = query.replace(' ', "%20");
    let request = format!("GET {}?{query} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n", url.path());
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| Failed::new(format!("no answer: {answer}")))
}

#[tokio::test]
async fn a_product_is_related_to_others_and_not_to_itself() -> Result {
    let scene = Scene::set().await?;
    let shown = scene.vendor.client.ask("get_own_product")?.path("product", &scene.mug).send().await?.succeeded()?.body;
    let slug = shown["slug"].as_str().expect("a slug");
    let related = async |slug: &str| scene.anybody.ask("list_related_products")?.path("slug", slug).send().await;
    let found = related(slug).await?.succeeded()?.body;
    let ids: Vec<&str> = found["items"].as_array().expect("items").iter().map(id).collect();
    assert!((1..=20).contains(&ids.len()), "{ids:?}");
    assert!(!ids.contains(&scene.mug.as_str()));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    related(&unique("nothing")).await?.refused_with("not_found", 404)?;
    // One that is too new to be in the index is there, and related to nothing for now.
    let new = scene.vendor.client.create_product(&NewProduct::new("Tea bowl", 1_000, [NewSku::new(1)])).await?;
    related(&new.slug).await?.succeeded()?;
    Ok(())
}
