mod filtering;
mod hostile;
mod suggesting;
mod texts;
mod writing;

use crate::{Entry, Files, Index, Language, ProductEntry, Query, SearchResults, Visibility, Writer};

/// The time of all tests, in milliseconds since 1970.
const NOW: i64 = 1_800_000_000_000;

fn product(id: &str, title: &str) -> ProductEntry {
    ProductEntry {
        id: id.to_owned(),
        title: title.to_owned(),
        category: String::from("home"),
        shop: String::from("kiln"),
        status: String::from("active"),
        price: 1_000,
        in_stock: true,
        created_at: NOW,
        state: Visibility::Listed,
        card: format!("the card of {id}").into_bytes(),
        ..ProductEntry::default()
    }
}

fn written(files: Option<Files>, language: Language, entries: impl IntoIterator<Item = Entry>) -> Files {
    let mut writer = Writer::open(files, language).unwrap();
    for entry in entries {
        writer.put(&entry).unwrap();
    }
    writer.commit().unwrap()
}

fn index(language: Language, products: impl IntoIterator<Item = ProductEntry>) -> Index {
    let entries = products.into_iter().map(|product| Entry::Product(Box::new(product)));
    Index::open(written(None, language, entries), language).unwrap()
}

/// Returns an index of products with these titles, which are also their ids.
fn titled(language: Language, titles: &[&str]) -> Index {
    index(language, titles.iter().map(|title| product(title, title)))
}

fn search(index: &Index, query: Query) -> SearchResults {
    index.search(&Query { limit: 50, ..query }, NOW).unwrap()
}

fn ids(found: SearchResults) -> Vec<String> {
    found.hits.into_iter().map(|hit| hit.id).collect()
}

/// Returns the titles that a text finds.
fn finds(index: &Index, text: &str) -> Vec<String> {
    ids(search(index, Query { text: Some(text.to_owned()), ..Query::default() }))
}

fn corrected(index: &Index, text: &str) -> Option<String> {
    search(index, Query { text: Some(text.to_owned()), ..Query::default() }).did_you_mean
}
