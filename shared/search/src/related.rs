//! Products that are similar to another.

use tantivy::{DocSet, TERMINATED, Term, schema::IndexRecordOption};

use crate::{
    Hit, Index, Kind, SearchError, columns::Columns, document::flags, index::text, ranking::Top, schema::key,
    text::words,
};

/// The weight of each common property. Nothing outweighs the category.
const CATEGORY: i64 = 10_000;
const SUBCATEGORY: i64 = 400;
const BRAND: i64 = 150;
const TAG: i64 = 100;
const WORD: i64 = 100;
/// How many words of the title count.
const MAX_WORDS: usize = 12;
/// A word does not count if more than one in `COMMON` products have it, and more than `FEW`.
const COMMON: u64 = 10;
const FEW: u64 = 20;

impl Index {
    /// Returns listed products in stock that are similar to the product `id`, without that product. Those of its
    /// category come first; the more they share of subcategory, brand, tags and words of the title, the earlier they
    /// come. Empty if there is no such product.
    ///
    /// # Errors
    /// [`SearchError`] if the files are damaged.
    pub fn related(&self, id: &str, limit: usize) -> Result<Vec<Hit>, SearchError> {
        let Some((segment, doc)) = self.address(Kind::Product, id)? else { return Ok(Vec::new()) };
        let properties = ProductProperties::of(&self.columns[segment as usize], doc as usize);
        let title = text(&self.stored((segment, doc))?, self.fields.label);
        let shared = self.shared_words(&title)?;
        let mut top = Top::new(limit);
        let offered = flags::PRODUCT | flags::LISTED | flags::IN_STOCK;
        for (((ordinal, reader), columns), words) in self.segments().zip(shared) {
            let segment_properties = properties.in_segment(columns);
            for other in reader.doc_ids_alive() {
                let at = other as usize;
                if columns.flags[at] & offered != offered || (ordinal, other) == (segment, doc) {
                    continue;
                }
                let similarity = segment_properties.similarity(columns, at) + WORD * i64::from(words[at]);
                if similarity > 0 {
                    let sold = i64::from(columns.sold(other).saturating_add(1).ilog2());
                    top.add(similarity + sold, columns, ordinal, other);
                }
            }
        }
        let products = top.sorted();
        products.iter().map(|product| Ok(self.hit(&self.stored(product.address.0)?))).collect()
    }

    /// Returns the address of an entry.
    fn address(&self, kind: Kind, id: &str) -> Result<Option<(u32, u32)>, SearchError> {
        let term = Term::from_field_bytes(self.fields.key, &key(kind, id));
        for ((ordinal, segment), _) in self.segments() {
            let index = segment.inverted_index(self.fields.key)?;
            if let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic)? {
                while postings.doc() != TERMINATED {
                    if !segment.is_deleted(postings.doc()) {
                        return Ok(Some((ordinal, postings.doc())));
                    }
                    postings.advance();
                }
            }
        }
        Ok(None)
    }

    /// Counts for each product of each segment how many of the significant words of a title it has.
    fn shared_words(&self, title: &str) -> Result<Vec<Vec<u8>>, SearchError> {
        let segments = self.searcher.segment_readers();
        let mut shared: Vec<_> = segments.iter().map(|segment| vec![0_u8; segment.max_doc() as usize]).collect();
        let mut stems: Vec<String> = words(title).iter().map(|word| self.stems.stem(word)).collect();
        stems.sort();
        stems.dedup();
        for stem in stems.iter().take(MAX_WORDS) {
            let term = Term::from_field_text(self.fields.title, stem);
            if self.searcher.doc_freq(&term)? > (self.searcher.num_docs() / COMMON).max(FEW) {
                continue;
            }
            for (segment, shared) in segments.iter().zip(&mut shared) {
                let index = segment.inverted_index(self.fields.title)?;
                let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic)? else { continue };
                while postings.doc() != TERMINATED {
                    shared[postings.doc() as usize] += 1;
                    postings.advance();
                }
            }
        }
        Ok(shared)
    }
}

/// The properties of a product to compare others with.
struct ProductProperties<'a> {
    category: Option<&'a String>,
    subcategory: Option<&'a String>,
    brand: Option<&'a String>,
    tags: Vec<&'a String>,
}

impl<'a> ProductProperties<'a> {
    fn of(columns: &'a Columns, doc: usize) -> Self {
        let single = |facet: usize| columns.values[facet].get(columns.single[facet][doc] as usize);
        let tags = columns.multiple[2].of(doc).iter();
        Self {
            category: single(0),
            subcategory: single(1),
            brand: single(2),
            tags: tags.filter_map(|tag| columns.values[7].get(*tag as usize)).collect(),
        }
    }

    /// Returns the same properties as indices of a segment's values.
    fn in_segment(&self, columns: &Columns) -> SegmentProperties {
        let single = |facet: usize, name: Option<&String>| name.and_then(|name| columns.number(facet, name));
        SegmentProperties {
            single: [single(0, self.category), single(1, self.subcategory), single(2, self.brand)],
            tags: self.tags.iter().filter_map(|tag| columns.number(7, tag)).collect(),
        }
    }
}

struct SegmentProperties {
    single: [Option<u32>; 3],
    tags: Vec<u32>,
}

impl SegmentProperties {
    fn similarity(&self, columns: &Columns, doc: usize) -> i64 {
        let single = self.single.iter().zip(&columns.single).zip([CATEGORY, SUBCATEGORY, BRAND]);
        let same = single.map(|((value, column), weight)| if *value == Some(column[doc]) { weight } else { 0 });
        let tags = columns.multiple[2].of(doc).iter().filter(|tag| self.tags.contains(tag)).count();
        same.sum::<i64>() + TAG * i64::try_from(tags).unwrap_or(0)
    }
}
