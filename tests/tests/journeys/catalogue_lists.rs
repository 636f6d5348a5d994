//! Lists of products: by category, by shop, and long ones that change while somebody pages through them.

use std::collections::BTreeSet;

use serde_json::Value;
use souk_domain::{Id, ProductId, Slug};
use souk_store::{Entity, entity::Item, keys, products::Product};
use souk_testkit::{Failed, NewProduct, NewSku, Request, Result};
use souk_tests::{Market, Stall};
use uuid::Uuid;

use crate::catalogue::{id, unique};

#[tokio::test]
async fn a_category_shows_what_is_in_it_and_a_part_of_it_what_is_in_that_part() -> Result {
    let market = Market::open()?;
    let (stall, anybody) = (market.stall(1_000, 1).await?, market.anybody()?);
    let new = |part: Option<&str>| {
        let plain = NewProduct::new("Ring", 1_000, [NewSku::new(1)]).category("jewellery");
        part.map_or(plain.clone(), |part| plain.with("subcategory", part.into()))
    };
    let mut made = Vec::new();
    for part in [None, Some("rings"), Some("necklaces"), Some("rings"), None, Some("rings")] {
        made.push(stall.client.create_product(&new(part)).await?.id);
    }
    let list = |query: &'static [(&str, &str)]| {
        let anybody = &anybody;
        move || Ok(query.iter().fold(anybody.ask("list_products")?, |ask, (name, value)| ask.query(name, value)))
    };
    let own = |found: Vec<String>| {
        found.into_iter().filter_map(|id| made.iter().position(|own| *own == id)).collect::<Vec<_>>()
    };
    let whole = pages(list(&[("category", "jewellery")]), 2, async || Ok(())).await?;
    assert_eq!(own(whole), [5, 4, 3, 2, 1, 0]);
    let rings = pages(list(&[("category", "jewellery"), ("subcategory", "rings")]), 2, async || Ok(())).await?;
    assert_eq!(own(rings), [5, 3, 1]);
    let none = pages(list(&[("category", "no-such-category")]), 2, async || Ok(())).await?;
    assert!(none.is_empty());
    let refusal = anybody.ask("list_products")?.query("subcategory", "rings").send().await?;
    let refusal = refusal.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("?category".to_owned(), "missing".to_owned())]);
    // A cursor of one list does not open another.
    let page =
        anybody.ask("list_products")?.query("category", "jewellery").query("limit", 1).send().await?.succeeded()?;
    let cursor = page.body["next"].as_str().expect("there are more").to_owned();
    for query in [&[][..], &[("category", "books")], &[("category", "jewellery"), ("subcategory", "rings")]] {
        let request = query.iter().fold(anybody.ask("list_products")?, |ask, (name, value)| ask.query(name, value));
        request.query("cursor", &cursor).send().await?.refused_with("invalid_cursor", 400)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_shop_shows_what_it_sells_and_a_shop_that_is_not_there_is_not_found() -> Result {
    let market = Market::open()?;
    let (stall, other) = (market.stall(1_000, 1).await?, market.stall(1_000, 1).await?);
    let second = stall.client.create_product(&NewProduct::new("Bowl", 1_000, [NewSku::new(1)])).await?;
    let anybody = market.anybody()?;
    let shown =
        pages(|| Ok(anybody.ask("list_shop_products")?.path("slug", &stall.shop.slug)), 1, async || Ok(())).await?;
    assert_eq!(shown, [second.id.as_str(), stall.product.id.as_str()]);
    let shown =
        pages(|| Ok(anybody.ask("list_shop_products")?.path("slug", &other.shop.slug)), 1, async || Ok(())).await?;
    assert_eq!(shown, [other.product.id.as_str()]);
    let nobody = anybody.ask("list_shop_products")?.path("slug", &unique("nobody")).send().await?;
    nobody.refused_with("not_found", 404)?;
    Ok(())
}

#[tokio::test]
async fn ten_thousand_products_of_a_category_are_each_seen_once_while_they_change() -> Result {
    let market = Market::open()?;
    let rows = Rows::fill(&market).await?;
    let anybody = market.anybody()?;
    let list = || Ok(anybody.ask("list_products")?.query("category", &rows.category));
    rows.are_each_seen_once(pages(list, 100, async || rows.change().await).await?);
    Ok(())
}

#[tokio::test]
async fn ten_thousand_products_of_a_shop_are_each_seen_once_while_they_change() -> Result {
    let market = Market::open()?;
    let rows = Rows::fill(&market).await?;
    let list = || rows.stall.client.ask("list_own_products");
    rows.are_each_seen_once(pages(list, 100, async || rows.change().await).await?);
    Ok(())
}

/// Ten thousand products of a shop, in a category of their own; they are not among the newest of all.
struct Rows<'a> {
    market: &'a Market,
    stall: Stall,
    category: Slug,
    template: Product,
    ids: Vec<ProductId>,
}

impl<'a> Rows<'a> {
    async fn fill(market: &'a Market) -> Result<Self> {
        let stall = market.stall(1_000, 1).await?;
        let item = market.cloud.item(&keys::product(stall.product.id.parse()?)).await?;
        let mut template: Product = serde_json::from_value(item.ok_or_else(|| Failed::new("no product"))?)?;
        template.category = Slug::parse(&unique("rows"))?;
        // Between the stall's own product and everything that is created from now on.
        let ids = (0..10_000).map(|_| ProductId::from_uuid(Uuid::now_v7())).collect();
        let rows = Self { market, stall, category: template.category.clone(), template, ids };
        let items = rows.ids.iter().map(|&id| rows.item(id)).collect::<Result<Vec<_>>>()?;
        market.cloud.put_all(items).await?;
        Ok(rows)
    }

    fn item(&self, id: ProductId) -> Result<Item> {
        let mut item = Product { id, ..self.template.clone() }.to_item()?;
        for name in ["gsi1pk", "gsi1sk"] {
            item.remove(name);
        }
        Ok(item)
    }

    /// What happens between two pages: something new comes, something goes, and something is written anew. Of the ids
    /// only every tenth is touched.
    async fn change(&self) -> Result {
        let any = || self.ids[10 * fastrand::usize(..1_000)];
        let new = self.item(ProductId::from_uuid(Uuid::now_v7()))?;
        self.market.cloud.put_all(vec![new, self.item(any())?]).await?;
        self.market.cloud.remove(&keys::product(any())).await
    }

    fn are_each_seen_once(&self, seen: Vec<String>) {
        let distinct: BTreeSet<&str> = seen.iter().map(String::as_str).collect();
        assert_eq!(distinct.len(), seen.len(), "some were seen twice");
        for (n, id) in self.ids.iter().enumerate().filter(|(n, _)| n % 10 != 0) {
            assert!(distinct.contains(id.to_string().as_str()), "the {n}th was not seen");
        }
        assert!(seen.is_sorted_by(|newer, older| newer > older), "the newest come first");
    }
}

/// The ids of a list's entries, page by page, with something done after each page.
async fn pages<'a>(
    list: impl Fn() -> Result<Request<'a>>,
    limit: usize,
    between: impl AsyncFn() -> Result,
) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut cursor = None::<String>;
    loop {
        let request = list()?.query("limit", limit);
        let request = match &cursor {
            Some(cursor) => request.query("cursor", cursor),
            None => request,
        };
        let page: Value = request.send().await?.succeeded()?.body;
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= limit, "{} entries on a page of {limit}", items.len());
        ids.extend(items.iter().map(|item| id(item).to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(ids),
        }
        between().await?;
    }
}
