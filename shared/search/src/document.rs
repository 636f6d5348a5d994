//! An entry as tantivy's document.

use std::collections::{BTreeSet, HashMap};

use tantivy::TantivyDocument;

use crate::{
    CategoryEntry, Entry, Language, ProductEntry, ShopEntry, State,
    schema::{Fields, key},
    text::{Stems, has_letter, reversed, words},
};

/// The stem of a word that may be put together of two, in characters: the shortest such words have eight.
const MIN_LONG: usize = 7;
/// With how many products of a commit a word is noted that is in their texts only. It is noted to correct others by, so
/// one would do; the index is a fifth smaller than with all.
const MAX_NOTED: u8 = 100;
/// What shorter numbers are is not remembered as a word, in digits: there are too many, and nobody means another one.
const MIN_NUMBER: usize = 4;
/// How many stems are remembered. Nearly all words of a catalogue are among its 100,000 most recent ones.
const MAX_REMEMBERED: usize = 100_000;

/// The bits of the column `flags`.
pub(crate) mod flags {
    pub(crate) const PRODUCT: u8 = 1;
    pub(crate) const LISTED: u8 = 2;
    pub(crate) const IN_STOCK: u8 = 4;
    pub(crate) const SHOP: u8 = 8;
    pub(crate) const CATEGORY: u8 = 16;
}

/// Makes documents of entries.
pub(crate) struct Documents {
    fields: Fields,
    stems: Stems,
    compounds: bool,
    remembered: HashMap<String, String>,
    noted: HashMap<String, u8>,
}

impl Documents {
    pub(crate) fn new(fields: Fields, language: Language) -> Self {
        Self {
            fields,
            stems: Stems::new(language),
            compounds: language.has_compounds(),
            remembered: HashMap::new(),
            noted: HashMap::new(),
        }
    }

    pub(crate) fn of(&mut self, entry: &Entry) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_bytes(self.fields.key, &key(entry.kind(), &entry.id()));
        document.add_text(self.fields.id, entry.id());
        document.add_bytes(self.fields.card, entry.card());
        match entry {
            Entry::Product(product) => self.product(product, &mut document),
            Entry::Shop(ShopEntry { name, .. }) => self.named(flags::SHOP, name, &mut document),
            Entry::Category(CategoryEntry { name, .. }) => self.named(flags::CATEGORY, name, &mut document),
        }
        document
    }

    fn named(&self, flag: u8, name: &str, document: &mut TantivyDocument) {
        document.add_text(self.fields.label, name);
        document.add_u64(self.fields.flags, flag.into());
        document.add_text(self.fields.name, words(name).join(" "));
    }

    fn product(&mut self, product: &ProductEntry, document: &mut TantivyDocument) {
        let fields = self.fields.clone();
        document.add_text(fields.label, &product.title);
        document.add_u64(fields.version, product.version);
        self.texts(product, document);

        let in_stock = if product.in_stock { flags::IN_STOCK } else { 0 };
        let listed = if product.state == State::Listed { flags::LISTED } else { 0 };
        document.add_u64(fields.flags, (flags::PRODUCT | in_stock | listed).into());
        document.add_i64(fields.price, product.price);
        if let Some(offer) = product.offer {
            document.add_i64(fields.offer_price, offer.price);
            document.add_i64(fields.offer_start, offer.starts_at);
            document.add_i64(fields.offer_end, offer.ends_at);
        }
        if let Some(rating) = product.rating {
            document.add_u64(fields.rating, rating.into());
        }
        document.add_u64(fields.sold, product.sold);
        document.add_i64(fields.created, product.created_at);
        document.add_u64(fields.tie, tie(&product.id).into());

        let single = [
            Some(&product.category),
            product.subcategory.as_ref(),
            product.brand.as_ref(),
            Some(&product.shop),
            Some(&product.status),
        ];
        for (field, value) in fields.single.into_iter().zip(single) {
            if let Some(value) = value {
                document.add_text(field, value);
            }
        }
        let multiple = [&product.colours, &product.sizes, &product.tags];
        for (field, values) in fields.multiple.into_iter().zip(multiple) {
            for value in values.iter().collect::<BTreeSet<_>>() {
                document.add_text(field, value);
            }
        }
    }

    fn texts(&mut self, product: &ProductEntry, document: &mut TantivyDocument) {
        let ProductEntry { brand, tags, keywords, category_names, shop_name, summary, description, attributes, .. } =
            product;
        let names = brand.iter().chain(tags).chain(keywords).chain(category_names).chain([shop_name]);
        let text = summary.iter().chain([description]).chain(attributes);
        let title = words(&product.title);
        let names: Vec<String> = names.flat_map(|name| words(name)).collect();
        let text: Vec<String> = text.flat_map(|text| words(text)).collect();

        let compounds = self.compounds;
        let mut noted = String::new();
        let mut ends = String::new();
        for (field, words, is_name) in
            [(self.fields.title, title, true), (self.fields.names, names, true), (self.fields.text, text, false)]
        {
            let mut stems = String::new();
            for word in words {
                let stem = self.stem(&word);
                push(&mut stems, stem);
                if is_name && compounds && stem.chars().count() >= MIN_LONG {
                    push(&mut ends, &reversed(stem));
                }
                let counts = has_letter(&word) || word.len() >= MIN_NUMBER;
                if counts && (is_name || self.is_new(&word)) {
                    push(&mut noted, &word);
                }
            }
            document.add_text(field, stems);
        }
        document.add_text(self.fields.words, noted);
        document.add_text(self.fields.ends, ends);
    }

    /// Whether hardly any product of this commit had the word in its text.
    fn is_new(&mut self, word: &str) -> bool {
        match self.noted.get_mut(word) {
            Some(times) if *times >= MAX_NOTED => false,
            Some(times) => {
                *times += 1;
                true
            }
            None => {
                self.noted.insert(word.to_owned(), 1);
                true
            }
        }
    }

    fn stem(&mut self, word: &str) -> &str {
        if self.remembered.len() >= MAX_REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.entry(word.to_owned()).or_insert_with(|| self.stems.stem(word))
    }
}

fn push(line: &mut String, word: &str) {
    line.push_str(word);
    line.push(' ');
}

/// A number made of an id (FNV-1a), for a fixed order among products that are equal otherwise.
fn tie(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
