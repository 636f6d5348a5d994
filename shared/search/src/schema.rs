//! The fields of the index.

use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use crate::Kind;

/// The facets of which a product has at most one value.
pub(crate) const SINGLE: [&str; 5] = ["category", "subcategory", "brand", "shop", "status"];
/// The facets of which a product can have several values.
pub(crate) const MULTIPLE: [&str; 3] = ["colours", "sizes", "tags"];

/// The number of facets.
pub(crate) const FACETS: usize = SINGLE.len() + MULTIPLE.len();

/// The fields, as the schema numbers them.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    /// The key of an entry: kind and id.
    pub(crate) key: Field,
    /// Stored fields, which only the returned entries need: the id, the version, the title or name, and the card.
    pub(crate) id: Field,
    pub(crate) version: Field,
    pub(crate) label: Field,
    pub(crate) card: Field,
    /// Stems of a product's texts, with descending weight.
    pub(crate) title: Field,
    pub(crate) names: Field,
    pub(crate) text: Field,
    /// The unchanged words of a product, for corrections and completions.
    pub(crate) words: Field,
    /// The reversed stems of its long words, for the ends of compounds.
    pub(crate) ends: Field,
    /// The codes of a product's variants.
    pub(crate) codes: Field,
    /// The unchanged words of a shop's or category's name.
    pub(crate) name: Field,
    /// Columns: one number per product.
    pub(crate) flags: Field,
    pub(crate) price: Field,
    pub(crate) offer_price: Field,
    pub(crate) offer_start: Field,
    pub(crate) offer_end: Field,
    pub(crate) rating: Field,
    pub(crate) sold: Field,
    pub(crate) created: Field,
    pub(crate) tie: Field,
    /// The columns of [`SINGLE`] and [`MULTIPLE`].
    pub(crate) single: [Field; SINGLE.len()],
    pub(crate) multiple: [Field; MULTIPLE.len()],
}

impl Fields {
    pub(crate) fn new() -> Self {
        let scored = indexed(IndexRecordOption::WithFreqs, true);
        let listed = indexed(IndexRecordOption::Basic, false);
        let column = TextOptions::default().set_fast("raw");
        let mut schema = SchemaBuilder::new();
        let key = schema.add_bytes_field("key", BytesOptions::default().set_indexed());
        let id = schema.add_text_field("id", STORED);
        let version = schema.add_u64_field("version", STORED);
        let label = schema.add_text_field("label", STORED);
        let card = schema.add_bytes_field("card", STORED);
        let title = schema.add_text_field("title", scored.clone());
        let names = schema.add_text_field("names", scored.clone());
        let text = schema.add_text_field("text", scored);
        let words = schema.add_text_field("words", listed.clone());
        let ends = schema.add_text_field("ends", listed.clone());
        let codes = schema.add_text_field("codes", listed.clone());
        let name = schema.add_text_field("name", listed);
        let flags = schema.add_u64_field("flags", FAST);
        let price = schema.add_i64_field("price", FAST);
        let offer_price = schema.add_i64_field("offer_price", FAST);
        let offer_start = schema.add_i64_field("offer_start", FAST);
        let offer_end = schema.add_i64_field("offer_end", FAST);
        let rating = schema.add_u64_field("rating", FAST);
        let sold = schema.add_u64_field("sold", FAST);
        let created = schema.add_i64_field("created", FAST);
        let tie = schema.add_u64_field("tie", FAST);
        let single = SINGLE.map(|name| schema.add_text_field(name, column.clone()));
        let multiple = MULTIPLE.map(|name| schema.add_text_field(name, column.clone()));
        Self {
            schema: schema.build(),
            key,
            id,
            version,
            label,
            card,
            title,
            names,
            text,
            words,
            ends,
            codes,
            name,
            flags,
            price,
            offer_price,
            offer_start,
            offer_end,
            rating,
            sold,
            created,
            tie,
            single,
            multiple,
        }
    }
}

fn indexed(record: IndexRecordOption, lengths: bool) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(record).set_fieldnorms(lengths),
    )
}

/// Returns the key of an entry. A UUID at the end of the id is stored as 16 bytes.
pub(crate) fn key(kind: Kind, id: &str) -> Vec<u8> {
    let packed = id.len().checked_sub(UUID_DIGITS).and_then(|at| Some((id.get(..at)?, uuid(id.get(at..)?)?)));
    let (packed, begin, end) = match packed {
        Some((begin, uuid)) => (1, begin, uuid.to_be_bytes().to_vec()),
        None => (0, id, Vec::new()),
    };
    [&[kind as u8, packed], begin.as_bytes(), &end].concat()
}

const UUID_DIGITS: usize = 32;

fn uuid(digits: &str) -> Option<u128> {
    let plain = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| u128::from_str_radix(digits, 16).ok()).flatten()
}
