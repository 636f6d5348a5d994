//! Reads the catalogue that `bench/catalogue.py` generates.

use std::{
    error::Error,
    fs::File,
    io::{BufRead, BufReader},
};

use serde::Deserialize;
use souk_search::{Entry, Filters, OfferEntry, ProductEntry, Query, Visibility};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Product {
    id: String,
    version: u64,
    title: String,
    brand: Option<String>,
    tags: Vec<String>,
    keywords: Vec<String>,
    summary: Option<String>,
    description: String,
    attributes: Vec<String>,
    category: String,
    subcategory: Option<String>,
    category_names: Vec<String>,
    shop: String,
    shop_name: String,
    colours: Vec<String>,
    sizes: Vec<String>,
    price: i64,
    offer: Option<Offer>,
    rating: Option<u16>,
    sold: u64,
    in_stock: bool,
    created_at: i64,
    listed: bool,
    card: String,
}

#[derive(Deserialize)]
struct Offer {
    price: i64,
    starts_at: i64,
    ends_at: i64,
}

/// A search or a request for suggestions. Missing fields filter nothing.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct SearchRequest {
    text: Option<String>,
    pub(crate) suggest: Option<String>,
    filters: RequestFilters,
    facets: bool,
    pub(crate) now: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RequestFilters {
    colours: Vec<String>,
    tags: Vec<String>,
    price: (Option<i64>, Option<i64>),
    min_rating: Option<u16>,
    in_stock: bool,
}

/// Reads the products of a file, one per line.
pub(crate) fn products(path: &str) -> Result<impl Iterator<Item = Result<Entry, Box<dyn Error>>>, Box<dyn Error>> {
    let lines = BufReader::new(File::open(path)?).lines();
    Ok(lines.map(|line| Ok(entry(serde_json::from_str(&line?)?))))
}

fn entry(product: Product) -> Entry {
    let offer = product.offer.map(|Offer { price, starts_at, ends_at }| OfferEntry { price, starts_at, ends_at });
    Entry::Product(Box::new(ProductEntry {
        id: product.id,
        version: product.version,
        title: product.title,
        brand: product.brand,
        codes: Vec::new(),
        tags: product.tags,
        keywords: product.keywords,
        summary: product.summary,
        description: product.description,
        attributes: product.attributes,
        category: product.category,
        subcategory: product.subcategory,
        category_names: product.category_names,
        shop: product.shop,
        shop_name: product.shop_name,
        colours: product.colours,
        sizes: product.sizes,
        price: product.price,
        offer,
        rating: product.rating,
        sold: product.sold,
        in_stock: product.in_stock,
        created_at: product.created_at,
        state: if product.listed { Visibility::Listed } else { Visibility::Hidden },
        status: String::from("active"),
        card: product.card.into_bytes(),
    }))
}

impl SearchRequest {
    pub(crate) fn query(&self) -> Query {
        let RequestFilters { colours, tags, price, min_rating, in_stock } = &self.filters;
        let filters = Filters {
            colours: colours.clone(),
            tags: tags.clone(),
            price: *price,
            min_rating: *min_rating,
            in_stock: *in_stock,
            ..Filters::default()
        };
        Query { text: self.text.clone(), filters, limit: 20, facets: self.facets, ..Query::default() }
    }
}
