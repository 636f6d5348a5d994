use std::{sync::LazyLock, time::Instant};

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};

use super::{product, search, titled};
use crate::{Filters, Index, Language, ProductEntry, Query, Sort};

const LANGUAGES: [Language; 2] = [Language::English, Language::German];

/// Returns an index in each language, with many similar words.
static INDEXES: LazyLock<Vec<Index>> = LazyLock::new(|| {
    let titles: Vec<String> =
        (0..90_u32).map(|number| format!("Kaffeetasse {number} a{number:b} Lederschuhe Straße")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    LANGUAGES.map(|language| titled(language, &titles)).into()
});

fn search_all(text: &str) {
    for index in INDEXES.iter() {
        let start = Instant::now();
        for sort in [Sort::Relevance, Sort::Newest] {
            let query = Query { text: Some(text.to_owned()), sort, facets: true, ..Query::default() };
            let found = search(index, query);
            assert!(found.total <= 90);
        }
        index.suggest(text, 10).unwrap();
        // The limit is generous: tests run on busy machines.
        assert!(start.elapsed().as_secs() < 10, "{text:?}");
    }
}

#[test]
fn hostile_texts_are_answered() {
    let long = "a".repeat(100_000);
    let words = "kaffetase lederschue ".repeat(5_000);
    let ones = "a1".repeat(5_000);
    let marks = format!("e{}", "\u{301}".repeat(50_000));
    let wide = "\u{fdfa}".repeat(10_000);
    for text in [
        long.as_str(),
        words.as_str(),
        ones.as_str(),
        marks.as_str(),
        wide.as_str(),
        "\0\u{1}\u{7f}\u{ffff}",
        "* ? ~2 ^3 [a TO z] {!x} ../../etc \\",
        "title:* AND NOT (text:/.*/)",
        "\u{202e}evitpac\u{202c} \u{200d}\u{feff}",
        "'; DROP TABLE products; --",
        "İıŞşẞß ǅǆ ﬃ ½ Ⅷ ٣ 🧵🧶",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    ] {
        search_all(text);
    }
}

#[test]
fn any_offset_any_limit_and_any_time_are_answered() {
    let index = &INDEXES[0];
    for number in [0, 1, 89, 90, 91, usize::MAX] {
        for now in [i64::MIN, -1, 0, i64::MAX] {
            let query = Query { offset: number, limit: 10, ..Query::default() };
            assert!(index.search(&query, now).unwrap().hits.len() <= 10);
            let query = Query { limit: number, ..Query::default() };
            assert!(index.search(&query, now).unwrap().hits.len() <= number);
        }
        assert!(index.suggest("kaffee", number).unwrap().products.len() <= number);
        assert!(index.related("unknown", number).unwrap().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        search_all(&text);
    }

    #[test]
    fn any_text_made_of_words_of_products_is_answered(
        parts in prop::collection::vec(prop::sample::select(&["kaffee", "tasse", "leder", "schuhe", "1", "a", " ", "ß", "ü", "ue", "-", "'s "]), 0..15),
    ) {
        search_all(&parts.concat());
    }

    #[test]
    fn any_product_can_be_put_and_is_found_by_its_own_title(
        title in any::<String>(),
        other in any::<String>(),
        numbers in any::<(i64, u64, i64)>(),
    ) {
        let (price, sold, created_at) = numbers;
        let odd = ProductEntry {
            brand: Some(other.clone()),
            tags: vec![other.clone(), title.clone()],
            description: other.clone(),
            category: other.clone(),
            price,
            sold,
            created_at,
            ..product("odd", &title)
        };
        let index = super::index(Language::German, [odd, product("plain", "Mug")]);
        let found = super::finds(&index, &title);
        let has_words = title.chars().any(char::is_alphanumeric);
        prop_assert!(!has_words || found.contains(&String::from("odd")), "{:?} {:?}", title, found);
        let filters = Filters { brands: vec![other], ..Filters::default() };
        prop_assert_eq!(super::ids(search(&index, Query { filters, ..Query::default() })), ["odd"]);
    }
}
