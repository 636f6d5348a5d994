use std::collections::BTreeMap;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

use super::{NOW, ids, index, product, search};
use crate::{Facets, Filters, Index, Language, OfferEntry, ProductEntry, Query, Sort, Visibility};

fn offer(price: i64, starts_at: i64, ends_at: i64) -> Option<OfferEntry> {
    Some(OfferEntry { price, starts_at, ends_at })
}

fn sorted(products: &[ProductEntry], sort: Sort) -> Vec<String> {
    ids(search(&index(Language::English, products.iter().cloned()), Query { sort, ..Query::default() }))
}

#[test]
fn products_are_sorted_by_their_current_price() {
    let products = [
        ProductEntry { price: 300, ..product("a", "A") },
        ProductEntry { price: 900, offer: offer(100, NOW, NOW + 1), ..product("running", "B") },
        ProductEntry { price: 200, offer: offer(1, NOW + 1, NOW + 9), ..product("not begun", "C") },
        ProductEntry { price: 400, offer: offer(1, NOW - 9, NOW), ..product("over", "D") },
    ];
    let up = ["running", "not begun", "a", "over"];
    assert_eq!(sorted(&products, Sort::PriceUp), up);
    assert_eq!(sorted(&products, Sort::PriceDown), up.map(String::from).into_iter().rev().collect::<Vec<_>>());
}

#[test]
fn products_are_sorted_by_age_by_sales_by_rating_and_by_the_end_of_their_offer() {
    let products = [
        ProductEntry {
            created_at: NOW - 3,
            sold: 5,
            rating: None,
            offer: offer(1, NOW - 1, NOW + 7),
            ..product("a", "A")
        },
        ProductEntry { created_at: NOW - 1, sold: 2, rating: Some(480), ..product("b", "B") },
        ProductEntry {
            created_at: NOW - 2,
            sold: 9,
            rating: Some(120),
            offer: offer(1, NOW - 1, NOW + 4),
            ..product("c", "C")
        },
    ];
    assert_eq!(sorted(&products, Sort::Newest), ["b", "c", "a"]);
    assert_eq!(sorted(&products, Sort::BestSelling), ["c", "a", "b"]);
    assert_eq!(sorted(&products, Sort::Rating), ["b", "c", "a"]);
    assert_eq!(sorted(&products, Sort::EndingSoon), ["c", "a", "b"]);
}

#[test]
fn without_a_text_products_in_stock_that_sell_best_come_first() {
    let products = [
        ProductEntry { sold: 90, in_stock: false, ..product("gone", "A") },
        ProductEntry { sold: 3, ..product("some", "B") },
        ProductEntry { sold: 40, ..product("many", "C") },
    ];
    assert_eq!(sorted(&products, Sort::Relevance), ["many", "some", "gone"]);
}

#[test]
fn an_offer_runs_from_its_beginning_until_before_its_end() {
    let index = index(Language::English, [ProductEntry { price: 900, offer: offer(100, 10, 20), ..product("a", "A") }]);
    let query = Query { filters: Filters { on_offer: true, ..Filters::default() }, facets: true, ..Query::default() };
    for (now, on_offer, price) in [(9, 0, 900), (10, 1, 100), (19, 1, 100), (20, 0, 900)] {
        let found = index.search(&query, now).unwrap();
        let facets = found.facets.unwrap();
        assert_eq!((found.total, facets.on_offer), (on_offer, u64::try_from(on_offer).unwrap()), "{now}");
        let all = index.search(&Query { facets: true, ..Query::default() }, now).unwrap();
        assert_eq!(all.facets.unwrap().prices, Some((price, price)), "{now}");
    }
}

#[test]
fn a_facet_counts_the_results_of_its_other_values() {
    let shoe = |id: &str, brand: &str, colour: &str| ProductEntry {
        brand: Some(brand.to_owned()),
        colours: vec![colour.to_owned()],
        ..product(id, "Shoe")
    };
    let index = index(
        Language::English,
        [shoe("1", "Kiln", "Red"), shoe("2", "Kiln", "Blue"), shoe("3", "Heron", "Red"), shoe("4", "Heron", "Red")],
    );
    let filters =
        Filters { brands: vec![String::from("Kiln")], colours: vec![String::from("Red")], ..Filters::default() };
    let found = search(&index, Query { filters, facets: true, ..Query::default() });
    assert_eq!(found.total, 1);
    let facets = found.facets.unwrap();
    let counts =
        |facet: &[(String, u64)]| facet.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>();
    assert_eq!(counts(&facets.brands), ["Heron 2", "Kiln 1"]);
    assert_eq!(counts(&facets.colours), ["Blue 1", "Red 1"]);
    assert_eq!(counts(&facets.categories), ["home 1"]);
}

#[test]
fn facets_are_counted_only_on_request_and_are_empty_without_results() {
    let index = index(Language::English, [product("a", "Mug")]);
    assert_eq!(search(&index, Query::default()).facets, None);
    let nothing = Query { text: Some(String::from("zzzqqq")), facets: true, ..Query::default() };
    assert_eq!(search(&index, nothing).facets, Some(Facets::default()));
}

fn some_of(values: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(values, 0..=values.len()).prop_map(|some| some.into_iter().map(String::from).collect())
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(values).prop_map(String::from)
}

fn a_product() -> impl Strategy<Value = ProductEntry> {
    let named = (
        one_of(&["home", "garden", "toys"]),
        prop::option::of(one_of(&["mugs", "pots"])),
        prop::option::of(one_of(&["Kiln", "Heron"])),
        one_of(&["first", "second"]),
        one_of(&["active", "draft"]),
        some_of(&["Red", "Blue", "Green"]),
        some_of(&["S", "M", "L"]),
        some_of(&["gift", "vegan", "new", "sale"]),
    );
    let numbered = (
        0..20_i64,
        prop::option::of((0..20_i64, -3..3_i64, 1..4_i64)),
        prop::option::of(0..=500_u16),
        0..5_u64,
        any::<bool>(),
        0..4_i64,
        any::<bool>(),
    );
    (named, numbered).prop_map(|(named, numbered)| {
        let (category, subcategory, brand, shop, status, colours, sizes, tags) = named;
        let (price, offered, rating, sold, in_stock, created_at, listed) = numbered;
        let offer = offered.and_then(|(price, start, length)| offer(price, NOW + start, NOW + start + length));
        let state = if listed { Visibility::Listed } else { Visibility::Hidden };
        ProductEntry {
            category,
            subcategory,
            brand,
            shop,
            status,
            colours,
            sizes,
            tags,
            price,
            offer,
            rating,
            sold,
            in_stock,
            created_at,
            state,
            ..product("", "Thing")
        }
    })
}

fn some_filters() -> impl Strategy<Value = Filters> {
    let named = (
        prop::option::of(one_of(&["home", "garden", "elsewhere"])),
        prop::option::of(one_of(&["mugs", "pots"])),
        prop::option::of(one_of(&["first", "second"])),
        some_of(&["Kiln", "Heron", "Nobody"]),
        some_of(&["Red", "Blue"]),
        some_of(&["S", "M"]),
        some_of(&["gift", "vegan"]),
        some_of(&["active"]),
    );
    let numbered = (
        (prop::option::of(0..20_i64), prop::option::of(0..20_i64)),
        prop::option::of(0..=500_u16),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    (named, numbered).prop_map(|(named, numbered)| {
        let (category, subcategory, shop, brands, colours, sizes, tags, statuses) = named;
        let (price, min_rating, in_stock, on_offer, include_hidden) = numbered;
        Filters {
            category,
            subcategory,
            shop,
            brands,
            colours,
            sizes,
            tags,
            statuses,
            price,
            min_rating,
            in_stock,
            on_offer,
            include_hidden,
        }
    })
}

fn price_now(product: &ProductEntry) -> (i64, bool) {
    match product.offer {
        Some(offer) if offer.starts_at <= NOW && NOW < offer.ends_at => (offer.price, true),
        _ => (product.price, false),
    }
}

fn fits(product: &ProductEntry, filters: &Filters) -> bool {
    let one = |wanted: &Option<String>, has: Option<&String>| wanted.is_none() || wanted.as_ref() == has;
    let any = |wanted: &[String], has: &[String]| wanted.is_empty() || has.iter().any(|value| wanted.contains(value));
    let (price, on_offer) = price_now(product);
    (filters.include_hidden || product.state == Visibility::Listed)
        && one(&filters.category, Some(&product.category))
        && one(&filters.subcategory, product.subcategory.as_ref())
        && one(&filters.shop, Some(&product.shop))
        && any(&filters.brands, product.brand.as_slice())
        && any(&filters.colours, &product.colours)
        && any(&filters.sizes, &product.sizes)
        && any(&filters.tags, &product.tags)
        && any(&filters.statuses, std::slice::from_ref(&product.status))
        && filters.price.0.is_none_or(|least| price >= least)
        && filters.price.1.is_none_or(|most| price <= most)
        && product.rating.unwrap_or(0) >= filters.min_rating.unwrap_or(0)
        && (!filters.in_stock || product.in_stock)
        && (!filters.on_offer || on_offer)
}

fn counted<'a>(
    products: impl Iterator<Item = &'a ProductEntry>,
    of: impl Fn(&ProductEntry) -> Vec<String>,
) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for value in products.flat_map(of) {
        *counts.entry(value).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// Returns the facets, counted one product after the other.
fn counted_naively(products: &[ProductEntry], filters: &Filters) -> Facets {
    let without = |change: &dyn Fn(&mut Filters)| {
        let mut others = filters.clone();
        change(&mut others);
        products.iter().filter(|product| fits(product, &others)).cloned().collect::<Vec<_>>()
    };
    let prices = without(&|filters| filters.price = (None, None));
    let prices = prices.iter().map(|product| price_now(product).0);
    let rated = without(&|filters| filters.min_rating = None);
    let in_stock = without(&|filters| filters.in_stock = false);
    let on_offer = without(&|filters| filters.on_offer = false);
    let total = |some: Vec<ProductEntry>, is: fn(&ProductEntry) -> bool| some.iter().filter(|p| is(p)).count() as u64;
    Facets {
        categories: counted(without(&|f| f.category = None).iter(), |p| vec![p.category.clone()]),
        subcategories: counted(without(&|f| f.subcategory = None).iter(), |p| p.subcategory.iter().cloned().collect()),
        brands: counted(without(&|f| f.brands = Vec::new()).iter(), |p| p.brand.iter().cloned().collect()),
        colours: counted(without(&|f| f.colours = Vec::new()).iter(), |p| p.colours.clone()),
        sizes: counted(without(&|f| f.sizes = Vec::new()).iter(), |p| p.sizes.clone()),
        tags: counted(without(&|f| f.tags = Vec::new()).iter(), |p| p.tags.clone()),
        shops: counted(without(&|f| f.shop = None).iter(), |p| vec![p.shop.clone()]),
        prices: prices.clone().min().zip(prices.max()),
        ratings: [100, 200, 300, 400, 500]
            .map(|least| rated.iter().filter(|product| product.rating.unwrap_or(0) >= least).count() as u64),
        in_stock: total(in_stock, |product| product.in_stock),
        on_offer: total(on_offer, |product| price_now(product).1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn filters_facets_and_pages_equal_a_naive_implementation(
        mut products in prop::collection::vec(a_product(), 0..40),
        filters in some_filters(),
        sort in prop_oneof![Just(Sort::Relevance), Just(Sort::Newest), Just(Sort::PriceUp), Just(Sort::Rating)],
        page in 1..9_usize,
    ) {
        for (number, product) in products.iter_mut().enumerate() {
            product.id = format!("{number:02}");
        }
        let index = index(Language::English, products.clone());
        let query = Query { filters: filters.clone(), sort, facets: true, ..Query::default() };
        let found = search(&index, query.clone());
        prop_assert_eq!(found.facets.as_ref(), Some(&counted_naively(&products, &filters)));

        let mut fitting: Vec<_> =
            products.iter().filter(|product| fits(product, &filters)).map(|product| product.id.clone()).collect();
        prop_assert_eq!(found.total, fitting.len());
        let whole = ids(found);
        let mut paged = Vec::new();
        for offset in (0..=whole.len()).step_by(page) {
            let query = Query { offset, limit: page, ..query.clone() };
            paged.extend(ids(index.search(&query, NOW).unwrap()));
        }
        prop_assert_eq!(&paged, &whole);
        paged.sort();
        fitting.sort();
        prop_assert_eq!(paged, fitting);
    }
}

#[test]
fn what_other_shops_sell_does_not_change_what_the_search_within_a_shop_finds() {
    let own = ["Kettle blue", "Teapot red"].map(|title| product(title, title));
    let within = |index: &Index, text: &str| {
        let filters = Filters { shop: Some(String::from("kiln")), ..Filters::default() };
        let query = Query { text: Some(text.to_owned()), filters, ..Query::default() };
        let mut found = ids(search(index, query));
        found.sort_unstable();
        found
    };
    let alone = index(Language::English, own.clone());
    let other = ["Kettle red", "Ketle", "Kettlebell"]
        .map(|title| ProductEntry { shop: String::from("other"), ..product(title, title) });
    let together = index(Language::English, own.into_iter().chain(other));
    for text in ["kettle red", "ketle", "kettl", "teapots blue"] {
        assert!(!within(&alone, text).is_empty(), "{text}");
        assert_eq!(within(&together, text), within(&alone, text), "{text}");
    }
}
