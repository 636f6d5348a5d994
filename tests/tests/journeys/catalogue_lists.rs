//! Lists of products: by category, by shop, and long lists that change while a client pages through them.

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
async fn a_category_lists_its_products_and_a_subcategory_lists_its_own() -> Result {
    let market = Market::open()?;
    let (vendor, anonymous) = (market.vendor(1_000, 1).await?, market.anonymous()?);
    let new = |part: Option<&str>| {
        let plain = NewProduct::new("Ring", 1_000, [NewSku::new(1)]).category("jewellery");
        part.map_or(plain.clone(), |part| plain.with("subcategory", part.into()))
    };
    let mut ids = Vec::new();
    for part in [None, Some("rings"), Some("necklaces"), Some("rings"), None, Some("rings")] {
        ids.push(vendor.client.create_product(&new(part)).await?.id);
    }
    anonymous.await_count(&vendor.shop.slug, 7).await?;
    let own = async |query: &[(&str, &str)]| {
        let found = anonymous.search_through("list_products", query, 20, async || Ok(())).await?;
        let place = |product: &Value| ids.iter().position(|own| own == id(product));
        Ok::<Vec<usize>, Failed>(found.iter().filter_map(place).collect())
    };
    let (jewellery, rings) = (("category", "jewellery"), ("subcategory", "rings"));
    assert_eq!(own(&[jewellery]).await?, [5, 4, 3, 2, 1, 0]);
    assert_eq!(own(&[jewellery, rings]).await?, [5, 3, 1]);
    let none = anonymous.search("list_products", &[("category", "no-such-category")]).await?;
    assert!(none.items.is_empty());
    let refusal = anonymous.ask("list_products")?.query("subcategory", "rings").send().await?;
    let refusal = refusal.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("?category".to_owned(), "missing".to_owned())]);
    // A cursor of one list is refused by another list.
    let page = anonymous.search("list_products", &[jewellery, ("limit", "1")]).await?;
    let cursor = page.next.expect("there are more");
    for query in [&[][..], &[("category", "books")], &[jewellery, rings]] {
        let request = query.iter().fold(anonymous.ask("list_products")?, |ask, (name, value)| ask.query(name, value));
        request.query("cursor", &cursor).send().await?.refused_with("invalid_cursor", 400)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_shop_lists_its_products_and_an_unknown_shop_is_not_found() -> Result {
    let market = Market::open()?;
    let (vendor, other) = (market.vendor(1_000, 1).await?, market.vendor(1_000, 1).await?);
    let second = vendor.client.create_product(&NewProduct::new("Bowl", 1_000, [NewSku::new(1)])).await?;
    let anonymous = market.anonymous()?;
    let shop = [("slug", vendor.shop.slug.as_str())];
    anonymous.await_ids("list_shop_products", &shop, &[&second.id, &vendor.product.id]).await?;
    let shown = anonymous.search_through("list_shop_products", &shop, 1, async || Ok(())).await?;
    assert_eq!(shown.iter().map(id).collect::<Vec<_>>(), [&second.id, &vendor.product.id]);
    let shop = [("slug", other.shop.slug.as_str())];
    anonymous.await_ids("list_shop_products", &shop, &[&other.product.id]).await?;
    let nobody = anonymous.ask("list_shop_products")?.path("slug", &unique("nobody")).send().await?;
    nobody.refused_with("not_found", 404)?;
    Ok(())
}

/// How long the index may take for ten thousand changes.
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test]
async fn ten_thousand_products_are_each_listed_once_while_they_change() -> Result {
    let market = Market::open()?;
    let products = ManyProducts::fill(&market).await?;
    // The seller's list is read from the table.
    let seller = &products.vendor.client;
    let listed = seller.search_through("list_own_products", &[], 100, async || products.change().await).await?;
    products.assert_each_listed_once(&listed);
    assert!(listed.iter().map(id).is_sorted_by(|newer, older| newer > older), "the newest come first");

    // The public list is read from the index.
    let anonymous = market.anonymous()?;
    let category = [("category", products.category.as_str())];
    // `change` adds more products than it removes, so the total never falls below the first one.
    await_until(PATIENCE, "ten thousand products to be found", async || {
        Ok((anonymous.search("list_products", &category).await?.total >= Some(products.ids.len())).then_some(()))
    })
    .await?;
    for order in ["newest", "price_up"] {
        let query = [category[0], ("sort", order)];
        let listed = anonymous.search_through("list_products", &query, 100, async || products.change().await).await?;
        products.assert_each_listed_once(&listed);
    }
    Ok(())
}

/// Ten thousand products of a shop, in a category of their own.
struct ManyProducts<'a> {
    market: &'a Market,
    vendor: Vendor,
    category: Slug,
    template: Product,
    ids: Vec<ProductId>,
}

impl<'a> ManyProducts<'a> {
    async fn fill(market: &'a Market) -> Result<Self> {
        let vendor = market.vendor(1_000, 1).await?;
        let item = market.cloud.item(&keys::product(vendor.product.id.parse()?)).await?;
        let mut template: Product = serde_json::from_value(item.ok_or_else(|| Failed::new("no product"))?)?;
        template.category = Slug::parse(&unique("rows"))?;
        // These ids are between the vendor's own product and everything that is created later.
        let ids = (0..10_000).map(|_| ProductId::from_uuid(Uuid::now_v7())).collect();
        let products = Self { market, vendor, category: template.category.clone(), template, ids };
        let items = products.ids.iter().map(|&id| products.item(id)).collect::<Result<Vec<_>>>()?;
        market.cloud.put_all(items).await?;
        Ok(products)
    }

    fn item(&self, id: ProductId) -> Result<Item> {
        Ok(Product { id, ..self.template.clone() }.to_item()?)
    }

    /// Changes the list between two pages: adds one product, removes one and replaces one. Only every tenth of the ids
    /// is touched.
    async fn change(&self) -> Result {
        let any = || self.ids[10 * fastrand::usize(..1_000)];
        let new = self.item(ProductId::from_uuid(Uuid::now_v7()))?;
        self.market.cloud.put_all(vec![new, self.item(any())?]).await?;
        self.market.cloud.remove(&keys::product(any())).await
    }

    fn assert_each_listed_once(&self, listed: &[Value]) {
        let distinct: BTreeSet<&str> = listed.iter().map(id).collect();
        assert_eq!(distinct.len(), listed.len(), "a product is listed twice");
        for (n, id) in self.ids.iter().enumerate().filter(|(n, _)| n % 10 != 0) {
            assert!(distinct.contains(id.to_string().as_str()), "product {n} is not listed");
        }
    }
}
