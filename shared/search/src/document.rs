//! Conversion of entries into tantivy's documents.

use std::collections::{BTreeSet, HashMap};

use tantivy::TantivyDocument;

use crate::{
    CategoryEntry, Entry, Language, ProductEntry, ShopEntry, Visibility,
    schema::{Fields, key},
    text::{Stems, code_of, has_letter, reversed, words, words_and_joined},
};

/// The minimum length of a stem that may be a compound, in characters. The shortest compounds have eight.
const MIN_COMPOUND: usize = 7;
/// How many products of a commit record a word that occurs only in their texts. The recorded words serve corrections,
/// for which one product would do. This limit makes the index a fifth smaller.
const MAX_RECORDED: u8 = 100;
/// Numbers with fewer digits are not recorded as words: there are too many of them, and they are not corrected.
const MIN_NUMBER: usize = 4;
/// How many stems are cached. Nearly all words of a catalogue are among its 100,000 most recent ones.
const MAX_CACHED_STEMS: usize = 100_000;

/// The bits of the column `flags`.
pub(crate) mod flags {
    pub(crate) const PRODUCT: u8 = 1;
    pub(crate) const LISTED: u8 = 2;
    pub(crate) const IN_STOCK: u8 = 4;
    pub(crate) const SHOP: u8 = 8;
    pub(crate) const CATEGORY: u8 = 16;
}

/// Converts entries into documents.
pub(crate) struct Documents {
    fields: Fields,
    stems: Stems,
    compounds: bool,
    stem_cache: HashMap<String, String>,
    recorded: HashMap<String, u8>,
}

impl Documents {
    pub(crate) fn new(fields: Fields, language: Language) -> Self {
        Self {
            fields,
            stems: Stems::new(language),
            compounds: language.has_compounds(),
            stem_cache: HashMap::new(),
            recorded: HashMap::new(),
        }
    }

    pub(crate) fn of(&mut self, entry: &Entry) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_bytes(self.fields.key, &key(entry.kind(), &entry.id()));
        document.add_text(self.fields.id, entry.id());
        document.add_bytes(self.fields.card, entry.card());
        match entry {
            Entry::Product(product) => self.add_product(product, &mut document),
            Entry::Shop(ShopEntry { name, .. }) => self.add_name(flags::SHOP, name, &mut document),
            Entry::Category(CategoryEntry { name, .. }) => self.add_name(flags::CATEGORY, name, &mut document),
        }
        document
    }

    fn add_name(&self, flag: u8, name: &str, document: &mut TantivyDocument) {
        document.add_text(self.fields.label, name);
        document.add_u64(self.fields.flags, flag.into());
        document.add_text(self.fields.name, words(name).join(" "));
    }

    fn add_product(&mut self, product: &ProductEntry, document: &mut TantivyDocument) {
        let fields = self.fields.clone();
        document.add_text(fields.label, &product.title);
        document.add_u64(fields.version, product.version);
        self.add_texts(product, document);

        let in_stock = if product.in_stock { flags::IN_STOCK } else { 0 };
        let listed = if product.state == Visibility::Listed { flags::LISTED } else { 0 };
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

    fn add_texts(&mut self, product: &ProductEntry, document: &mut TantivyDocument) {
        let ProductEntry {
            brand,
            codes,
            tags,
            keywords,
            category_names,
            shop_name,
            summary,
            description,
            attributes,
            ..
        } = product;
        let (codes, named): (Vec<_>, Vec<_>) = codes.iter().partition(|code| code_of(&words(code)).is_some());
        let codes: Vec<String> = codes.into_iter().filter_map(|code| code_of(&words(code))).collect();
        let names = brand.iter().chain(named).chain(tags).chain(keywords).chain(category_names).chain([shop_name]);
        let text = summary.iter().chain([description]).chain(attributes);
        let title = words_and_joined(&product.title);
        let names: Vec<String> = names.flat_map(|name| words_and_joined(name)).collect();
        let text: Vec<String> = text.flat_map(|text| words_and_joined(text)).collect();

        let compounds = self.compounds;
        let mut recorded_words = String::new();
        let mut ends = String::new();
        for (field, words, is_name) in
            [(self.fields.title, title, true), (self.fields.names, names, true), (self.fields.text, text, false)]
        {
            let mut stems = String::new();
            for word in words {
                let stem = self.stem(&word);
                push(&mut stems, stem);
                if is_name && compounds && stem.chars().count() >= MIN_COMPOUND {
                    push(&mut ends, &reversed(stem));
                }
                let recordable = has_letter(&word) || word.len() >= MIN_NUMBER;
                if recordable && (is_name || self.is_new(&word)) {
                    push(&mut recorded_words, &word);
                }
            }
            document.add_text(field, stems);
        }
        document.add_text(self.fields.words, recorded_words);
        document.add_text(self.fields.ends, ends);
        document.add_text(self.fields.codes, codes.join(" "));
    }

    /// Tells whether few products of this commit have had the word in their text.
    fn is_new(&mut self, word: &str) -> bool {
        match self.recorded.get_mut(word) {
            Some(times) if *times >= MAX_RECORDED => false,
            Some(times) => {
                *times += 1;
                true
            }
            None => {
                self.recorded.insert(word.to_owned(), 1);
                true
            }
        }
    }

    fn stem(&mut self, word: &str) -> &str {
        if self.stem_cache.len() >= MAX_CACHED_STEMS {
            self.stem_cache.clear();
        }
        self.stem_cache.entry(word.to_owned()).or_insert_with(|| self.stems.stem(word))
    }
}

fn push(line: &mut String, word: &str) {
    line.push_str(word);
    line.push(' ');
}

/// Returns a hash of an id (FNV-1a), which gives otherwise equal products a fixed order.
fn tie(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
