//! Lists of products: by category, by shop, and long ones that change while somebody pages through them.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use souk_domain::{Id, ProductId, Slug};
use souk_store::{Entity, entity::Item};
use souk_store_catalogue::products::Product;
use souk_testkit::{Failed, NewProduct, NewSku, Result, await_until};
use souk_tests::{Market, Vendor, keys};
use uuid::Uuid;

use crate::catalogue::{id, unique};

#[tokio::test]
async fn a_category_shows_what_is_in_it_and_a_part_of_it_what_is_in_that_part() -> Result {
    let market = Market::open()?;
    let (vendor, anybody) = (market.vendor(1_000, 1).await?, market.anybody()?);
    let new = |part: Option<&str>| {
        let plain = NewProduct::new("Ring", 1_000, [NewSku::new(1)]).category("jewellery");
        part.map_or(plain.clone(), |part| plain.with("subcategory", part.into()))
    };
    let mut made = Vec::new();
    for part in [None, Some("rings"), Some("necklaces"), Some("rings"), None, Some("rings")] {
        made.push(vendor.client.create_product(&new(part)).await?.id);
    }
    anybody.await_count(&vendor.shop.slug, 7).await?;
    let own = async |query: &[(&str, &str)]| {
        let found = anybody.search_through("list_products", query, 20, async || Ok(())).await?;
        let place = |product: &Value| made.iter().position(|own| own == id(product));
        Ok::<Vec<usize>, Failed>(found.iter().filter_map(place).collect())
    };
    let (jewellery, rings) = (("category", "jewellery"), ("subcategory", "rings"));
    assert_eq!(own(&[jewellery]).await?, [5, 4, 3, 2, 1, 0]);
    assert_eq!(own(&[jewellery, rings]).await?, [5, 3, 1]);
    let none = anybody.search("list_products", &[("category", "no-such-category")]).await?;
    assert!(none.items.is_empty());
    let refusal = anybody.ask("list_products")?.query("subcategory", "rings").send().await?;
    let refusal = refusal.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("?category".to_owned(), "missing".to_owned())]);
    // A cursor of one list does not open another.
    let page = anybody.search("list_products", &[jewellery, ("limit", "1")]).await?;
    let cursor = page.next.expect("there are more");
    for query in [&[][..], &[("category", "books")], &[jewellery, rings]] {
        let request = query.iter().fold(anybody.ask("list_products")?, |ask, (name, value)| ask.query(name, value));
        request.query("cursor", &cursor).send().await?.refused_with("invalid_cursor", 400)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_shop_shows_what_it_sells_and_a_shop_that_is_not_there_is_not_found() -> Result {
    let market = Market::open()?;
    let (vendor, other) = (market.vendor(1_000, 1).await?, market.vendor(1_000, 1).await?);
    let second = vendor.client.create_product(&NewProduct::new("Bowl", 1_000, [NewSku::new(1)])).await?;
    let anybody = market.anybody()?;
    let shop = [("slug", vendor.shop.slug.as_str())];
    anybody.await_ids("list_shop_products", &shop, &[&second.id, &vendor.product.id]).await?;
    let shown = anybody.search_through("list_shop_products", &shop, 1, async || Ok(())).await?;
    assert_eq!(shown.iter().map(id).collect::<Vec<_>>(), [&second.id, &vendor.product.id]);
    let shop = [("slug", other.shop.slug.as_str())];
    anybody.await_ids("list_shop_products", &shop, &[&other.product.id]).await?;
    let nobody = anybody.ask("list_shop_products")?.path("slug", &unique("nobody")).send().await?;
    nobody.refused_with("not_found", 404)?;
    Ok(())
}

/// Ten thousand changes take the index longer than one does.
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test]
async fn ten_thousand_products_are_each_seen_once_while_they_change() -> Result {
    let market = Market::open()?;
    let rows = Rows::fill(&market).await?;
    // The seller's list comes from the table.
    let seller = &rows.vendor.client;
    let seen = seller.search_through("list_own_products", &[], 100, async || rows.change().await).await?;
    rows.are_each_seen_once(&seen);
    assert!(seen.iter().map(id).is_sorted_by(|newer, older| newer > older), "the newest come first");

    // Everybody's comes from the index.
    let anybody = market.anybody()?;
    let category = [("category", rows.category.as_str())];
    // Those that were removed are fewer than those that came.
    await_until(PATIENCE, "ten thousand products to be found", async || {
        Ok((anybody.search("list_products", &category).await?.total >= Some(rows.ids.len())).then_some(()))
    })
    .await?;
    for order in ["newest", "price_up"] {
        let query = [category[0], ("sort", order)];
        let seen = anybody.search_through("list_products", &query, 100, async || rows.change().await).await?;
        rows.are_each_seen_once(&seen);
    }
    Ok(())
}

/// Ten thousand products of a shop, in a category of their own.
struct Rows<'a> {
    market: &'a Market,
    vendor: Vendor,
    category: Slug,
    template: Product,
    ids: Vec<ProductId>,
}

impl<'a> Rows<'a> {
    async fn fill(market: &'a Market) -> Result<Self> {
        let vendor = market.vendor(1_000, 1).await?;
        let item = market.cloud.item(&keys::product(vendor.product.id.parse()?)).await?;
        let mut template: Product = serde_json::from_value(item.ok_or_else(|| Failed::new("no product"))?)?;
        template.category = Slug::parse(&unique("rows"))?;
        // Between the vendor's own product and everything that is created from now on.
        let ids = (0..10_000).map(|_| ProductId::from_uuid(Uuid::now_v7())).collect();
        let rows = Self { market, vendor, category: template.category.clone(), template, ids };
        let items = rows.ids.iter().map(|&id| rows.item(id)).collect::<Result<Vec<_>>>()?;
        market.cloud.put_all(items).await?;
        Ok(rows)
    }

    fn item(&self, id: ProductId) -> Result<Item> {
        Ok(Product { id, ..self.template.clone() }.to_item()?)
    }

    /// What happens between two pages: something new comes, something goes, and something is written anew. Of the ids
    /// only every tenth is touched.
    async fn change(&self) -> Result {
        let any = || self.ids[10 * fastrand::usize(..1_000)];
        let new = self.item(ProductId::from_uuid(Uuid::now_v7()))?;
        self.market.cloud.put_all(vec![new, self.item(any())?]).await?;
        self.market.cloud.remove(&keys::product(any())).await
    }

    fn are_each_seen_once(&self, seen: &[Value]) {
        let distinct: BTreeSet<&str> = seen.iter().map(id).collect();
        assert_eq!(distinct.len(), seen.len(), "some were seen twice");
        for (n, id) in self.ids.iter().enumerate().filter(|(n, _)| n % 10 != 0) {
            assert!(distinct.contains(id.to_string().as_str()), "the {n}th was not seen");
        }
    }
}
