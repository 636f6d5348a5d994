//! Reading: one version of the index.

use std::sync::{Arc, OnceLock};

use tantivy::{
    DocAddress, ReloadPolicy, Score, Searcher, SegmentReader, TantivyDocument,
    query::{EnableScoring, Query as TextQuery},
    schema::{Field, Value},
};

use crate::{
    Files, Filters, Found, Hit, Language, Query, SearchError, Sort,
    columns::Columns,
    directory::Memory,
    facets::{AllValues, Counted, Counts, Own},
    ranking::{Top, rank},
    reading::{Effort, Reader, Reading, Strictness, counted_words},
    schema::Fields,
    text::{Stems, as_written},
    vocabulary::Vocabulary,
    wanted::{Price, Wanted},
};

/// A text that finds fewer products is searched for once more, with its last word as the beginning of longer ones.
const FEW: usize = 10;

/// How many products are counted in one go.
const AT_ONCE: usize = 1024;

/// One version of the index, opened for reading. It never changes.
pub struct Index {
    pub(crate) fields: Fields,
    pub(crate) language: Language,
    pub(crate) stems: Stems,
    pub(crate) searcher: Searcher,
    /// Of each segment.
    pub(crate) columns: Vec<Arc<Columns>>,
    values: OnceLock<AllValues>,
}

/// What one pass over the products gives.
pub(crate) struct Pass {
    pub(crate) top: Top,
    total: usize,
    /// How many fit the text, whatever the filters say.
    visible: usize,
    counts: Option<Counts>,
}

impl Index {
    /// Opens the index that `files` are.
    ///
    /// # Errors
    /// [`SearchError`] for files that are damaged, incomplete or of another [`SCHEMA`](crate::SCHEMA).
    pub fn open(files: Files, language: Language) -> Result<Self, SearchError> {
        Self::opened(files, language, &[])
    }

    /// Opens another version of this index. What both have is shared, which saves time and memory.
    ///
    /// # Errors
    /// [`SearchError`] for files that are damaged, incomplete or of another [`SCHEMA`](crate::SCHEMA).
    pub fn reopen(&self, files: Files, language: Language) -> Result<Self, SearchError> {
        Self::opened(files, language, &self.columns)
    }

    fn opened(files: Files, language: Language, known: &[Arc<Columns>]) -> Result<Self, SearchError> {
        let index = tantivy::Index::open(Memory::new(files))?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let columns = searcher.segment_readers().iter().map(|segment| {
            let known = known.iter().find(|columns| columns.segment == segment.segment_id());
            known.map_or_else(|| Ok(Arc::new(Columns::read(segment)?)), |known| Ok(Arc::clone(known)))
        });
        let columns = columns.collect::<Result<_, SearchError>>()?;
        let (fields, stems) = (Fields::new(), Stems::new(language));
        Ok(Self { fields, language, stems, searcher, columns, values: OnceLock::new() })
    }

    /// The segments: the number of each and what it holds, and its columns.
    pub(crate) fn segments(&self) -> impl Iterator<Item = ((u32, &SegmentReader), &Arc<Columns>)> {
        (0..).zip(self.searcher.segment_readers()).zip(&self.columns)
    }

    fn values(&self) -> &AllValues {
        self.values.get_or_init(|| AllValues::of(&self.columns))
    }

    /// What fits `query` at the moment `now_ms` (milliseconds of Unix time).
    ///
    /// # Errors
    /// [`SearchError`] for damaged files.
    pub fn search(&self, query: &Query, now_ms: i64) -> Result<Found, SearchError> {
        let words = query.text.as_deref().map(counted_words).unwrap_or_default();
        let pass = |text: Option<&dyn TextQuery>| self.pass(query, text, now_ms);
        if words.is_empty() {
            return self.found(query, pass(None)?, None);
        }
        let reader = self.reader();
        let mut best = Pass::nothing();
        let mut reading = Reading::default();
        let mut corrected = None;
        for (effort, enough) in [(Effort::Plain, FEW), (Effort::Completing, FEW), (Effort::Doubting, 1)] {
            if best.visible >= enough {
                break;
            }
            reading = reader.read(&words, effort)?;
            if let Some(text) = reader.query(&reading, Strictness::All) {
                let found = pass(Some(&*text))?;
                if found.visible > best.visible {
                    best = found;
                    corrected = reading.corrected();
                }
            }
        }
        if best.visible == 0 {
            best = with_most_words(&reader, &reading, pass)?;
            corrected = reading.corrected();
        }
        let corrected = corrected.filter(|_| best.visible > 0);
        self.found(query, best, corrected)
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        let vocabulary = Vocabulary { searcher: &self.searcher, fields: &self.fields };
        Reader { vocabulary, stems: &self.stems, language: self.language }
    }

    /// Goes over the products that fit `text`, or over all.
    pub(crate) fn pass(&self, query: &Query, text: Option<&dyn TextQuery>, now_ms: i64) -> Result<Pass, SearchError> {
        let mut pass = Pass {
            top: Top::new(query.offset.saturating_add(query.limit)),
            counts: query.facets.then(Counts::default),
            ..Pass::nothing()
        };
        let scored = query.sort == Sort::Relevance;
        let scoring = if scored {
            EnableScoring::enabled_from_searcher(&self.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&self.searcher)
        };
        let weight = text.map(|text| text.weight(scoring)).transpose()?;
        for ((ordinal, segment), columns) in self.segments() {
            let alive = segment.alive_bitset();
            let wanted = Wanted::over(columns, &query.filters);
            let mut own = query.facets.then(|| Own::of(columns));
            let mut to_count = Vec::new();
            let mut add = |doc: u32, score: Option<Score>| {
                let at = doc as usize;
                if alive.is_some_and(|alive| alive.is_deleted(doc)) || !wanted.is_visible(columns, at) {
                    return;
                }
                pass.visible += 1;
                let price = Price::at(now_ms, columns, at);
                let failed = wanted.failed(columns, at, price);
                if failed == 0 {
                    pass.total += 1;
                    pass.top.add(rank(query.sort, score, columns, doc, price), columns, ordinal, doc);
                }
                if let (Some(counts), Some(own)) = (&mut pass.counts, &mut own) {
                    to_count.push(Counted { doc: at, price, failed });
                    if to_count.len() == AT_ONCE {
                        counts.add(own, columns, &to_count);
                        to_count.clear();
                    }
                }
            };
            match &weight {
                Some(weight) if scored => weight.for_each(segment, &mut |doc, score| add(doc, Some(score)))?,
                Some(weight) => {
                    weight.for_each_no_score(segment, &mut |docs| docs.iter().for_each(|doc| add(*doc, None)))?;
                }
                None => (0..segment.max_doc()).for_each(|doc| add(doc, None)),
            }
            if let (Some(counts), Some(mut own)) = (&mut pass.counts, own) {
                counts.add(&mut own, columns, &to_count);
                counts.add_all(&own, self.values(), ordinal as usize);
            }
        }
        Ok(pass)
    }

    fn found(&self, query: &Query, pass: Pass, corrected: Option<Vec<String>>) -> Result<Found, SearchError> {
        let mut hits = Vec::new();
        let mut labels = Vec::new();
        for place in pass.top.sorted().iter().skip(query.offset) {
            let stored = self.stored(place.address.0)?;
            hits.push(self.hit(&stored));
            labels.push(text(&stored, self.fields.label));
        }
        Ok(Found {
            hits,
            total: pass.total,
            facets: query.facets.then(|| pass.counts.map(|counts| counts.facets(self.values())).unwrap_or_default()),
            did_you_mean: corrected.map(|words| as_written(&words, &labels)),
        })
    }

    /// Id and version of every product, or of those of a category, hidden ones too, in no order.
    ///
    /// # Errors
    /// [`SearchError`] for damaged files.
    pub fn products(&self, category: Option<&str>) -> Result<Vec<(String, u64)>, SearchError> {
        let filters = Filters { category: category.map(str::to_owned), hidden_too: true, ..Filters::default() };
        let mut products = Vec::new();
        for ((ordinal, segment), columns) in self.segments() {
            let wanted = Wanted::over(columns, &filters);
            let fits =
                |at| wanted.is_visible(columns, at) && wanted.failed(columns, at, Price::at(0, columns, at)) == 0;
            for doc in segment.doc_ids_alive().filter(|doc| fits(*doc as usize)) {
                let stored = self.stored((ordinal, doc))?;
                let version = stored.get_first(self.fields.version).and_then(|version| version.as_u64());
                products.push((text(&stored, self.fields.id), version.unwrap_or(0)));
            }
        }
        Ok(products)
    }

    pub(crate) fn stored(&self, (segment, doc): (u32, u32)) -> Result<TantivyDocument, SearchError> {
        Ok(self.searcher.doc(DocAddress::new(segment, doc))?)
    }

    pub(crate) fn hit(&self, stored: &TantivyDocument) -> Hit {
        let card = stored.get_first(self.fields.card).and_then(|card| card.as_bytes()).unwrap_or_default();
        Hit { id: text(stored, self.fields.id), card: card.to_vec() }
    }
}

/// The products with the greatest number of words that any product has, all but all of them. Mostly one word is too many,
/// so that is tried first, and then ever fewer words. Once something is found, half of the numbers between are tried no more
/// after each try: with more words, fewer are found.
fn with_most_words(
    reader: &Reader<'_>,
    reading: &Reading,
    pass: impl Fn(Option<&dyn TextQuery>) -> Result<Pass, SearchError>,
) -> Result<Pass, SearchError> {
    let mut best = Pass::nothing();
    let (mut enough, mut too_many) = (0, reading.needed());
    let mut fewer = 1;
    while enough + 1 < too_many {
        let least = if enough == 0 { too_many.saturating_sub(fewer).max(1) } else { enough.midpoint(too_many) };
        fewer *= 2;
        let text = reader.query(reading, Strictness::AtLeast(least));
        let found = text.map_or_else(|| Ok(Pass::nothing()), |text| pass(Some(&*text)))?;
        if found.visible > 0 {
            (best, enough) = (found, least);
        } else {
            too_many = least;
        }
    }
    Ok(best)
}

/// A stored text.
pub(crate) fn text(stored: &TantivyDocument, field: Field) -> String {
    stored.get_first(field).and_then(|text| text.as_str()).unwrap_or_default().to_owned()
}

impl Pass {
    fn nothing() -> Self {
        Self { top: Top::new(0), total: 0, visible: 0, counts: None }
    }
}
