mod filtering;
mod hostile;
mod suggesting;
mod texts;
mod writing;

use crate::{Entry, Files, Found, Index, Language, ProductEntry, Query, State, Writer};

/// The moment of all tests, milliseconds of Unix time.
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
        state: State::Listed,
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

/// An index of products with these titles, which are their ids too.
fn titled(language: Language, titles: &[&str]) -> Index {
    index(language, titles.iter().map(|title| product(title, title)))
}

fn asked(index: &Index, query: Query) -> Found {
    index.search(&Query { limit: 50, ..query }, NOW).unwrap()
}

fn ids(found: Found) -> Vec<String> {
    found.hits.into_iter().map(|hit| hit.id).collect()
}

/// What a text finds.
fn finds(index: &Index, text: &str) -> Vec<String> {
    ids(asked(index, Query { text: Some(text.to_owned()), ..Query::default() }))
}

fn meant(index: &Index, text: &str) -> Option<String> {
    asked(index, Query { text: Some(text.to_owned()), ..Query::default() }).did_you_mean
}
