//! Conversion of the table's items into entries of the index.

use serde::Serialize;
use souk_domain::{
    Slug,
    site::{CategoryName, Subcategory},
};
use souk_search::{CategoryEntry, Entry, OfferEntry, ProductEntry, ShopEntry, Visibility};
use souk_store_catalogue::products::{ProductWithSkus, Sku};
use souk_store_shops::{shops::Shop, site};

/// Returns the entry of a product.
///
/// # Errors
/// If the card cannot be serialised, which does not happen.
pub(crate) fn product(whole: &ProductWithSkus, site: &site::SiteWithCategories) -> Result<Entry, serde_json::Error> {
    let ProductWithSkus { product, details, skus, sold } = whole;
    let category = site.category(&product.category);
    let subcategory_name = |slug: &Slug| category.and_then(|category| name_of(&category.subcategories, slug));
    let category_names = category.map(|category| category.name.to_string()).into_iter();
    let specified = details.specifications.iter().map(|specification| specification.value.to_string());
    let chosen = details.properties.iter().flat_map(|property| &property.values).map(ToString::to_string);
    Ok(Entry::Product(Box::new(ProductEntry {
        id: product.id.to_string(),
        version: product.version,
        title: product.title.to_string(),
        brand: product.brand.as_ref().map(ToString::to_string),
        codes: distinct(skus.iter().filter_map(|sku| sku.code.as_ref())),
        tags: texts(&product.tags),
        keywords: texts(&details.keywords),
        summary: product.summary.as_ref().map(ToString::to_string),
        description: details.description.as_ref().map(|description| description.text()).unwrap_or_default(),
        attributes: specified.chain(chosen).collect(),
        category: product.category.to_string(),
        subcategory: product.subcategory.as_ref().map(ToString::to_string),
        category_names: category_names.chain(product.subcategory.as_ref().and_then(subcategory_name)).collect(),
        shop: product.shop_slug.to_string(),
        shop_name: product.shop_name.to_string(),
        colours: distinct(skus.iter().filter_map(|sku| sku.colour.as_ref())),
        sizes: distinct(skus.iter().filter_map(|sku| sku.size.as_ref())),
        price: price(whole),
        offer: offer(whole),
        rating: None,
        sold: *sold,
        in_stock: skus.iter().any(|sku| sku.available.get() > 0),
        created_at: product.created_at.as_millisecond(),
        state: if product.is_listed() { Visibility::Listed } else { Visibility::Hidden },
        status: product.tab().name().to_owned(),
        card: serde_json::to_vec(product)?,
    })))
}

/// Returns the entry of a shop.
///
/// # Errors
/// If the card cannot be serialised, which does not happen.
pub(crate) fn shop(shop: &Shop) -> Result<Entry, serde_json::Error> {
    let (id, slug, name) = (shop.id.to_string(), shop.slug.to_string(), shop.name.to_string());
    Ok(Entry::Shop(ShopEntry { id, slug, name, card: serde_json::to_vec(shop)? }))
}

/// Returns the entries of a category and its subcategories.
///
/// # Errors
/// If a card cannot be serialised, which does not happen.
pub(crate) fn category(
    slug: &Slug,
    name: &CategoryName,
    parts: &[Subcategory],
) -> Result<Vec<CategoryEntry>, serde_json::Error> {
    let own = Card { slug, name, parent: None };
    let whole =
        CategoryEntry { slug: slug.to_string(), name: name.to_string(), parent: None, card: serde_json::to_vec(&own)? };
    let parts = parts.iter().map(|part| {
        let card = Card { slug: &part.slug, name: &part.name, parent: Some(&own) };
        Ok(CategoryEntry {
            slug: part.slug.to_string(),
            name: part.name.to_string(),
            parent: Some((slug.to_string(), name.to_string())),
            card: serde_json::to_vec(&card)?,
        })
    });
    std::iter::once(Ok(whole)).chain(parts).collect()
}

/// The fields of a category or a subcategory that a suggestion shows.
#[derive(Serialize)]
struct Card<'a> {
    slug: &'a Slug,
    name: &'a CategoryName,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a Card<'a>>,
}

/// Returns the price of the cheapest SKU while no offer runs, in minor units.
fn price(whole: &ProductWithSkus) -> i64 {
    let regular = whole.product.sale_price.unwrap_or(whole.product.price);
    lowest(&whole.skus, regular.minor)
}

/// Returns the offer with the price of the cheapest SKU while it runs.
fn offer(whole: &ProductWithSkus) -> Option<OfferEntry> {
    whole.product.offer.map(|offer| OfferEntry {
        price: lowest(&whole.skus, offer.price.minor),
        starts_at: offer.starts_at.as_millisecond(),
        ends_at: offer.ends_at.as_millisecond(),
    })
}

/// Returns the lowest price of these SKUs. `price` applies to SKUs without their own price.
fn lowest(skus: &[Sku], price: i64) -> i64 {
    skus.iter().map(|sku| sku.price.map_or(price, |own| own.minor)).min().unwrap_or(price)
}

fn name_of(parts: &[Subcategory], slug: &Slug) -> Option<String> {
    parts.iter().find(|part| part.slug == *slug).map(|part| part.name.to_string())
}

fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn distinct<T: ToString>(list: impl Iterator<Item = T>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for text in list.map(|one| one.to_string()) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_domain::ProductId;
    use souk_store_catalogue::products::{Details, Product};

    use super::*;

    const PRODUCT: &str = "prod_0199dc31a7b47e02b8c5d6e7f8091a2b";

    fn euros(cents: i64) -> Value {
        json!({ "amount": cents, "currency": "EUR" })
    }

    fn sku(number: u16, more: Value) -> Sku {
        let mut sku = json!({ "id": format!("sku_0199dc31a7b47e02b8c5d6e7f8091a2b_{number}"), "available": 0 });
        sku.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
        serde_json::from_value(sku).unwrap()
    }

    fn whole(more: Value, skus: Vec<Sku>) -> ProductWithSkus {
        let mut product = json!({
            "id": PRODUCT, "shop": "shop_0199dc2f5a3e7c41b6d80f2e9a7b4c15", "shop_name": "Blue Kiln",
            "shop_slug": "blue-kiln", "shop_open": true, "shop_version": 1, "slug": "mug", "title": "Stoneware mug",
            "category": "home-kitchen", "tags": [], "price": euros(1_850), "status": "active", "last_sku": 9,
            "version": 7, "created_at": 1_790_000_000_000_i64, "updated_at": 1_790_000_000_001_i64,
        });
        product.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
        let product: Product = serde_json::from_value(product).unwrap();
        ProductWithSkus { product, details: Details::none(ProductId::parse(PRODUCT).unwrap()), skus, sold: 3 }
    }

    fn site() -> site::SiteWithCategories {
        let categories = json!([{
            "slug": "home-kitchen", "name": "Home & kitchen", "position": 1, "version": 1,
            "subcategories": [{ "slug": "mugs", "name": "Mugs & cups" }],
        }]);
        site::SiteWithCategories {
            categories: serde_json::from_value(categories).unwrap(),
            ..site::SiteWithCategories::default()
        }
    }

    fn entry(whole: &ProductWithSkus) -> ProductEntry {
        match product(whole, &site()).unwrap() {
            Entry::Product(entry) => *entry,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_entry_of_a_product_has_all_its_fields() {
        let more = json!({
            "brand": "Blue Kiln", "tags": ["handmade", "stoneware"], "summary": "For large hands.", "subcategory": "mugs",
        });
        let skus = vec![
            sku(1, json!({ "colour": "Ink blue", "size": "350 ml" })),
            sku(2, json!({ "colour": "Ink blue", "size": "500 ml", "available": 1 })),
        ];
        let mut whole = whole(more, skus);
        let details = json!({
            "product": PRODUCT, "description": "<p>Thrown by <em>hand</em>.</p><p>Fired twice &amp; glazed.</p>",
            "pictures": [], "keywords": ["coffee cup"], "cash_on_delivery": false,
            "specifications": [{ "name": "Capacity", "value": "350 ml" }],
            "properties": [{ "name": "Engraving", "values": ["none", "initials"] }], "faq": [],
        });
        whole.details = serde_json::from_value(details).unwrap();
        let entry = entry(&whole);
        let expected = ProductEntry {
            id: PRODUCT.to_owned(),
            version: 7,
            title: "Stoneware mug".to_owned(),
            brand: Some("Blue Kiln".to_owned()),
            codes: Vec::new(),
            tags: vec!["handmade".to_owned(), "stoneware".to_owned()],
            keywords: vec!["coffee cup".to_owned()],
            summary: Some("For large hands.".to_owned()),
            description: "Thrown by hand. Fired twice & glazed.".to_owned(),
            attributes: vec!["350 ml".to_owned(), "none".to_owned(), "initials".to_owned()],
            category: "home-kitchen".to_owned(),
            subcategory: Some("mugs".to_owned()),
            category_names: vec!["Home & kitchen".to_owned(), "Mugs & cups".to_owned()],
            shop: "blue-kiln".to_owned(),
            shop_name: "Blue Kiln".to_owned(),
            colours: vec!["Ink blue".to_owned()],
            sizes: vec!["350 ml".to_owned(), "500 ml".to_owned()],
            price: 1_850,
            offer: None,
            rating: None,
            sold: 3,
            in_stock: true,
            created_at: 1_790_000_000_000,
            state: Visibility::Listed,
            status: "active".to_owned(),
            card: serde_json::to_vec(&whole.product).unwrap(),
        };
        assert_eq!(entry, expected);
        assert_eq!(serde_json::from_slice::<Product>(&entry.card).unwrap(), whole.product);
    }

    #[test]
    fn the_price_of_a_product_is_that_of_its_cheapest_sku_with_and_without_the_offer() {
        let offer = json!({ "price": euros(1_000), "starts_at": 1_000, "ends_at": 2_000 });
        let (sale, offered) = (json!({ "sale_price": euros(1_500) }), json!({ "offer": offer }));
        let both = json!({ "sale_price": euros(1_500), "offer": offer });
        let own = |cents: &[i64]| -> Vec<Sku> {
            cents.iter().zip(1..).map(|(cents, n)| sku(n, json!({ "price": euros(*cents) }))).collect()
        };
        let plain = || vec![sku(9, json!({}))];
        for (more, skus, price, offer) in [
            (json!({}), plain(), 1_850, None),
            (json!({}), vec![], 1_850, None),
            (json!({}), own(&[2_000, 1_900]), 1_900, None),
            (json!({}), [own(&[2_000]), plain()].concat(), 1_850, None),
            (sale.clone(), plain(), 1_500, None),
            (sale.clone(), own(&[1_700]), 1_700, None),
            (sale, [own(&[1_400]), plain()].concat(), 1_400, None),
            (offered.clone(), plain(), 1_850, Some(1_000)),
            (offered.clone(), own(&[1_700, 1_200]), 1_200, Some(1_200)),
            (offered, [own(&[900]), plain()].concat(), 900, Some(900)),
            (both.clone(), [own(&[1_700]), plain()].concat(), 1_500, Some(1_000)),
            (both, [own(&[1_200]), plain()].concat(), 1_200, Some(1_000)),
        ] {
            let entry = entry(&whole(more.clone(), skus));
            let expected = offer.map(|price| OfferEntry { price, starts_at: 1_000, ends_at: 2_000 });
            assert_eq!((entry.price, entry.offer), (price, expected), "{more}");
        }
    }

    #[test]
    fn only_products_on_sale_are_listed() {
        for (more, state, status) in [
            (json!({}), Visibility::Listed, "active"),
            (json!({ "shop_open": false }), Visibility::Hidden, "active"),
            (json!({ "status": "pending" }), Visibility::Hidden, "pending"),
            (json!({ "status": "draft" }), Visibility::Hidden, "draft"),
            (json!({ "deleted_at": 1 }), Visibility::Hidden, "deleted"),
            (json!({ "deleted_at": 1, "purging": true }), Visibility::Hidden, "deleted"),
        ] {
            let entry = entry(&whole(more.clone(), vec![]));
            assert_eq!((entry.state, entry.status.as_str()), (state, status), "{more}");
            assert!(!entry.in_stock);
        }
    }

    #[test]
    fn a_product_of_a_missing_category_is_indexed_without_the_name_of_the_category() {
        let entry = entry(&whole(json!({ "category": "gone", "subcategory": "mugs" }), vec![]));
        assert_eq!((entry.category.as_str(), entry.category_names), ("gone", vec![]));
    }

    #[test]
    fn the_card_of_a_subcategory_names_its_category() {
        let site = site();
        let home = &site.categories[0];
        let entries = category(&home.slug, &home.name, &home.subcategories).unwrap();
        let cards: Vec<Value> = entries.iter().map(|entry| serde_json::from_slice(&entry.card).unwrap()).collect();
        let own = json!({ "slug": "home-kitchen", "name": "Home & kitchen" });
        assert_eq!(cards, [own.clone(), json!({ "slug": "mugs", "name": "Mugs & cups", "parent": own })]);
        assert_eq!(entries[1].parent, Some(("home-kitchen".to_owned(), "Home & kitchen".to_owned())));
    }
}
