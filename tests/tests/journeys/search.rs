//! Search: finding products by words, filters, sorting, facets and suggestions.
//!
//! The index is some seconds behind the table, so the tests wait until it shows what they wrote. Every test searches
//! within a shop of its own, so it never finds the products of other tests.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use souk_testkit::{Client, Failed, NewProduct, NewSku, PATIENCE, ProductPage, Result, await_until};
use souk_tests::{Market, Vendor};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::catalogue::{id, unique};

/// A shop with a variety of products.
struct Fixture {
    market: Market,
    vendor: Vendor,
    anonymous: Client,
    mug: String,
    cup: String,
    shoes: String,
    dish: String,
    shirt: String,
    scarf: String,
}

impl Fixture {
    async fn create() -> Result<Self> {
        let market = Market::open()?;
        let (vendor, anonymous) = (market.vendor(9_900, 1).await?, market.anonymous()?);
        let new = async |product: NewProduct| Ok::<_, Failed>(vendor.client.create_product(&product).await?.id);
        let sku = |colour: &str, stock: u32| NewSku::new(stock).colour(colour);
        let mug = NewProduct::new("Glazed coffee mug", 1_850, [sku("Blue", 5), sku("White", 3)]);
        let cup = NewProduct::new("Kaffeetasse", 1_200, [sku("White", 4)]);
        let shoes = NewProduct::new("Schuhe aus Leder", 8_900, ["38", "40"].map(|size| sku("Brown", 2).size(size)));
        let dish = NewProduct::new("Crème brûlée dish", 2_400, [sku("White", 1)]).sale_price(1_900);
        let shirt = NewProduct::new("Linen shirt", 4_900, ["S", "M"].map(|size| sku("Blue", 2).size(size)));
        let scarf = NewProduct::new("Woollen scarf", 3_900, [sku("Red", 0)]);
        let clothing = |product: NewProduct| product.category("clothing").with("tags", json!(["warm", "soft"]));
        let fixture = Self {
            mug: new(mug.with("brand", "Blue Kiln".into()).with("tags", json!(["handmade"]))).await?,
            cup: new(cup.with("tags", json!(["handmade"]))).await?,
            shoes: new(clothing(shoes)).await?,
            dish: new(dish).await?,
            shirt: new(clothing(shirt).with("brand", r"Linden, Loom \ Sons".into())).await?,
            scarf: new(clothing(scarf)).await?,
            market,
            anonymous,
            vendor,
        };
        fixture.anonymous.await_count(&fixture.vendor.shop.slug, 7).await?;
        Ok(fixture)
    }

    /// Searches within the shop.
    async fn search(&self, query: &[(&str, &str)]) -> Result<ProductPage> {
        let query = [&[("shop", self.vendor.shop.slug.as_str())], query].concat();
        self.anonymous.search("list_products", &query).await
    }
}

#[tokio::test]
async fn a_search_finds_misspelt_words_prefixes_compounds_and_missing_accents() -> Result {
    let fixture = Fixture::create().await?;
    for (words, product) in [
        ("coffee mug", &fixture.mug),
        ("mug glazed", &fixture.mug),
        ("COFFEE MUGS", &fixture.mug),
        ("cofee", &fixture.mug),
        ("glzaed mug", &fixture.mug),
        ("glazed mugg", &fixture.mug),
        ("blue kiln", &fixture.mug),
        ("kaffeet", &fixture.cup),
        ("linen shi", &fixture.shirt),
        // German compounds: the whole is found by a part, and the parts by the whole.
        ("tasse", &fixture.cup),
        ("lederschuhe", &fixture.shoes),
        // Accents, and what shoppers type instead of them.
        ("creme brulee", &fixture.dish),
        ("crème brûlée", &fixture.dish),
        // A tag of the seller.
        ("handmade coffee", &fixture.mug),
    ] {
        let found = fixture.search(&[("q", words)]).await?;
        assert_eq!(found.ids().first(), Some(&product.as_str()), "{words}: {:?}", found.items);
    }
    Ok(())
}

#[tokio::test]
async fn only_a_misspelt_search_reports_the_corrected_words() -> Result {
    let fixture = Fixture::create().await?;
    assert_eq!(fixture.search(&[("q", "glazed cofee mug")]).await?.did_you_mean.as_deref(), Some("glazed coffee mug"));
    for right in ["glazed coffee mug", "Glazed Coffee", ""] {
        assert_eq!(fixture.search(&[("q", right)]).await?.did_you_mean, None, "{right}");
    }
    Ok(())
}

#[tokio::test]
async fn every_filter_finds_its_products() -> Result {
    let fixture = Fixture::create().await?;
    let Fixture { mug, cup, shoes, dish, shirt, scarf, .. } = &fixture;
    let other = fixture.vendor.product.id.as_str();
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
        let found = fixture.search(query).await?;
        assert_eq!((found.ids().as_slice(), found.total), (ids, Some(ids.len())), "{query:?}");
    }
    let refusal = fixture.anonymous.ask("list_products")?.query("min_price", 2).query("max_price", 1).send().await?;
    let refusal = refusal.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("?max_price".to_owned(), "out_of_range".to_owned())]);
    let request =
        fixture.anonymous.ask("list_products")?.query("min_price", "x").query("min_rating", 6).query("size", "S,,");
    let refusal =
        request.query("sort", "best").query("in_stock", 1).send().await?.refused_with("invalid_input", 422)?;
    let pointers: Vec<String> = refusal.field_errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["?in_stock", "?min_price", "?min_rating", "?size/1", "?size/2", "?sort"]);
    Ok(())
}

#[tokio::test]
async fn every_order_sorts_the_products() -> Result {
    let fixture = Fixture::create().await?;
    let Fixture { mug, cup, shoes, dish, shirt, scarf, .. } = &fixture;
    let other = fixture.vendor.product.id.as_str();
    let up = [cup.as_str(), mug, dish, scarf, shirt, shoes, other];
    let down = up.iter().rev().copied().collect::<Vec<_>>();
    for (sort, ids) in [
        ("newest", &[scarf.as_str(), shirt, dish, shoes, cup, mug, other][..]),
        ("price_up", &up),
        ("price_down", &down),
    ] {
        assert_eq!(fixture.search(&[("sort", sort)]).await?.ids(), ids, "{sort}");
    }
    let relevance = fixture.search(&[("sort", "relevance")]).await?;
    assert_eq!(relevance.ids().last(), Some(&scarf.as_str()), "a sold out product is last");

    // A product that was sold is first.
    let (_, shopper) = fixture.market.shopper().await?;
    let page = fixture.vendor.client.ask("get_own_product")?.path("product", dish).send().await?.succeeded()?.body;
    shopper.set_cart_line(page["skus"][0]["id"].as_str().expect("a variant"), 1).await?;
    shopper.buy().await?;
    let query = [("shop", fixture.vendor.shop.slug.as_str()), ("sort", "best_selling")];
    fixture
        .anonymous
        .await_search("list_products", &query, |found| found.ids().first() == Some(&dish.as_str()))
        .await?;
    Ok(())
}

#[tokio::test]
async fn facets_count_the_products_that_their_filters_find() -> Result {
    let fixture = Fixture::create().await?;
    let mut counted = 0;
    for query in
        [&[][..], &[("colour", "Blue,White")], &[("category", "clothing"), ("max_price", "8000")], &[("q", "mug")]]
    {
        let found = fixture.search(query).await?;
        let without = |name: &str| query.iter().copied().filter(|(own, _)| *own != name).collect::<Vec<_>>();
        for facet in ["category", "brand", "colour", "size", "tag"] {
            for (value, count) in found.facet(facet) {
                let escaped = value.replace('\\', r"\\").replace(',', r"\,");
                let filtered = fixture.search(&[&without(facet)[..], &[(facet, escaped.as_str())]].concat()).await?;
                assert_eq!(filtered.total, Some(count), "{query:?} with {facet} {value}");
                counted += 1;
            }
        }
        for flag in ["in_stock", "on_offer"] {
            let filtered = fixture.search(&[&without(flag)[..], &[(flag, "true")]].concat()).await?;
            assert_eq!(filtered.total.map(Value::from).as_ref(), Some(&found.facets[flag]), "{query:?} with {flag}");
        }
        for (stars, count) in
            ["1", "2", "3", "4", "5"].into_iter().zip(found.facets["min_rating"].as_array().expect("5"))
        {
            let filtered = fixture.search(&[&without("min_rating")[..], &[("min_rating", stars)]].concat()).await?;
            assert_eq!(filtered.total.map(Value::from).as_ref(), Some(count), "{query:?} with {stars} stars");
        }
    }
    assert!(counted > 20, "the products have facets");
    let all = fixture.search(&[]).await?;
    assert_eq!(all.facet("category"), [("home-kitchen", 4), ("clothing", 3)]);
    assert_eq!([&all.facets["min_price"], &all.facets["max_price"]], [&json!(1_200), &json!(9_900)]);
    // Only the first page has facets.
    let first = fixture.search(&[("limit", "2")]).await?;
    let second = fixture.search(&[("limit", "2"), ("cursor", first.next.as_deref().expect("there are more"))]).await?;
    assert_eq!((first.facets.is_null(), second.facets.is_null()), (false, true));
    Ok(())
}

#[tokio::test]
async fn suggestions_contain_products_shops_and_categories() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let word: String = std::iter::repeat_with(|| fastrand::char('a'..='z')).take(12).collect();
    let shop = seller.open_shop(&format!("{word} ceramics")).await?;
    let product = seller.create_product(&NewProduct::new(&format!("Vase {word}"), 1_000, [NewSku::new(1)])).await?;
    let draft = NewProduct::new(&format!("Bowl {word}"), 1_000, [NewSku::new(1)]).with("status", "draft".into());
    seller.create_product(&draft).await?;
    let anonymous = market.anonymous()?;
    let suggest =
        async |text: &str| Ok::<_, Failed>(anonymous.ask("suggest")?.text("q", text).send().await?.succeeded()?.body);
    let contains = |list: &Value, field: &str, value: &str| {
        list.as_array().is_some_and(|list| list.iter().any(|entry| entry[field] == value))
    };
    await_until(PATIENCE, "the product and the shop to be suggested", async || {
        let suggested = suggest(&word[..8]).await?;
        let both = contains(&suggested["products"], "id", &product.id) && contains(&suggested["shops"], "id", &shop.id);
        Ok(both.then_some(()))
    })
    .await?;
    let suggested = suggest(&word[..8]).await?;
    assert_eq!(suggested["products"].as_array().map(Vec::len), Some(1), "drafts are not suggested");
    assert!(suggested["texts"].to_string().contains(&word), "{suggested}");
    let kitchen = suggest("kitch").await?;
    assert!(contains(&kitchen["categories"], "slug", "home-kitchen"), "{kitchen}");
    let tops = suggest("tops").await?;
    let part = tops["categories"].as_array().into_iter().flatten().find(|category| category["slug"] == "tops");
    assert_eq!(part.map(|part| &part["parent"]["slug"]), Some(&json!("clothing")), "{tops}");
    for nothing in ["", "   ", "\u{0}"] {
        assert_eq!(suggest(nothing).await?["products"], json!([]), "{nothing:?}");
    }
    let refusal = anonymous.ask("suggest")?.query("limit", 21).send().await?.refused_with("invalid_input", 422)?;
    let pointers: Vec<String> = refusal.field_errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["?limit", "?q"]);
    Ok(())
}

#[tokio::test]
async fn search_words_have_no_special_syntax() -> Result {
    let market = Market::open()?;
    let anonymous = market.anonymous()?;
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
            anonymous.ask(list)?.text(query, words).send().await?.succeeded().map_err(|failed| failed.during(words))?;
        }
    }
    let answer = anonymous.ask("list_products")?.text("q", &"x".repeat(201)).send().await?;
    assert_eq!(answer.refused_with("invalid_input", 422)?.field_errors(), [("?q".to_owned(), "too_long".to_owned())]);
    // Bytes that are not UTF-8, and escapes that are not valid in a URI.
    for raw in ["%FF%FE", "%C3", "%ED%A0%80", "%", "%zz", "%00", "a%0Ab", "+", "%2B%26%3D%23"] {
        anonymous
            .ask("list_products")?
            .query("q", raw)
            .send()
            .await?
            .succeeded()
            .map_err(|failed| failed.during(raw))?;
    }
    for raw in ["q=\"blue mug\"", "q=<mug>", "q=\"\"\"&colour=\"", "q=mug{}|\\^`"] {
        let status = status_of(&market, raw).await?;
        assert!((200..500).contains(&status), "{raw}: {status}");
    }
    Ok(())
}

/// Sends a query that no HTTP client would send as it is, and returns the status.
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
async fn related_products_never_contain_the_product_itself() -> Result {
    let fixture = Fixture::create().await?;
    let shown =
        fixture.vendor.client.ask("get_own_product")?.path("product", &fixture.mug).send().await?.succeeded()?.body;
    let slug = shown["slug"].as_str().expect("a slug");
    let related = async |slug: &str| fixture.anonymous.ask("list_related_products")?.path("slug", slug).send().await;
    let found = related(slug).await?.succeeded()?.body;
    let ids: Vec<&str> = found["items"].as_array().expect("items").iter().map(id).collect();
    assert!((1..=20).contains(&ids.len()), "{ids:?}");
    assert!(!ids.contains(&fixture.mug.as_str()));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    related(&unique("nothing")).await?.refused_with("not_found", 404)?;
    // A product that is not in the index yet exists and has no related products.
    let new = fixture.vendor.client.create_product(&NewProduct::new("Tea bowl", 1_000, [NewSku::new(1)])).await?;
    related(&new.slug).await?.succeeded()?;
    Ok(())
}
