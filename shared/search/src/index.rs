//! One version of the index, open for queries.

use std::sync::{Arc, OnceLock};

use tantivy::{
    DocAddress, ReloadPolicy, Score, Searcher, SegmentReader, TantivyDocument, Term,
    query::{EnableScoring, Query as TextQuery, TermQuery},
    schema::{Field, IndexRecordOption, Value},
};

use crate::{
    Files, Filters, Hit, Language, Query, SearchError, SearchResults, Sort,
    columns::Columns,
    directory::MemoryDirectory,
    facets::{CountedProduct, Counts, FacetValues, SegmentCounts},
    interpretation::{Effort, Interpretation, Interpreter, Strictness, code_in, counted_words},
    ranking::{Top, rank},
    schema::Fields,
    segment_filter::{Price, SegmentFilter},
    text::{Stems, as_written},
    vocabulary::Vocabulary,
};

/// If a text finds fewer products, the search is repeated with completions of the last word.
const ENOUGH_RESULTS: usize = 10;

/// How many products are counted in one batch.
const COUNT_BATCH: usize = 1024;

/// One version of the index, open for queries. It never changes.
pub struct Index {
    pub(crate) fields: Fields,
    pub(crate) language: Language,
    pub(crate) stems: Stems,
    pub(crate) searcher: Searcher,
    /// The columns of each segment.
    pub(crate) columns: Vec<Arc<Columns>>,
    values: OnceLock<FacetValues>,
}

/// The result of one pass over the products.
pub(crate) struct Pass {
    pub(crate) top: Top,
    /// How many products match the text and the filters.
    total: usize,
    counts: Option<Counts>,
}

impl Index {
    /// Opens the index that consists of `files`.
    ///
    /// # Errors
    /// [`SearchError`] if the files are damaged, incomplete or of another [`SCHEMA`](crate::SCHEMA).
    pub fn open(files: Files, language: Language) -> Result<Self, SearchError> {
        Self::open_sharing(files, language, &[])
    }

    /// Opens another version of this index. It shares what both have in common, which saves time and memory.
    ///
    /// # Errors
    /// [`SearchError`] if the files are damaged, incomplete or of another [`SCHEMA`](crate::SCHEMA).
    pub fn reopen(&self, files: Files, language: Language) -> Result<Self, SearchError> {
        Self::open_sharing(files, language, &self.columns)
    }

    fn open_sharing(files: Files, language: Language, open: &[Arc<Columns>]) -> Result<Self, SearchError> {
        let index = tantivy::Index::open(MemoryDirectory::new(files))?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let columns = searcher.segment_readers().iter().map(|segment| {
            let shared = open.iter().find(|columns| columns.segment == segment.segment_id());
            shared.map_or_else(|| Ok(Arc::new(Columns::read(segment)?)), |shared| Ok(Arc::clone(shared)))
        });
        let columns = columns.collect::<Result<_, SearchError>>()?;
        let (fields, stems) = (Fields::new(), Stems::new(language));
        Ok(Self { fields, language, stems, searcher, columns, values: OnceLock::new() })
    }

    /// Returns the segments with their numbers and columns.
    pub(crate) fn segments(&self) -> impl Iterator<Item = ((u32, &SegmentReader), &Arc<Columns>)> {
        (0..).zip(self.searcher.segment_readers()).zip(&self.columns)
    }

    fn values(&self) -> &FacetValues {
        self.values.get_or_init(|| FacetValues::of(&self.columns))
    }

    /// Returns the products that match `query` at the time `now_ms` (milliseconds since 1970).
    ///
    /// # Errors
    /// [`SearchError`] if the files are damaged.
    pub fn search(&self, query: &Query, now_ms: i64) -> Result<SearchResults, SearchError> {
        let words = query.text.as_deref().map(counted_words).unwrap_or_default();
        let pass = |text: Option<&dyn TextQuery>| self.pass(query, text, now_ms);
        if words.is_empty() {
            return self.results(query, pass(None)?, None);
        }
        if let Some(code) = query.text.as_deref().and_then(code_in)
            && self.searcher.doc_freq(&Term::from_field_text(self.fields.codes, &code))? > 0
        {
            let term = Term::from_field_text(self.fields.codes, &code);
            let found = pass(Some(&TermQuery::new(term, IndexRecordOption::Basic)))?;
            if found.total > 0 {
                return self.results(query, found, None);
            }
        }
        // What is completed, corrected and left out is decided among the products that the filters leave: what another
        // shop sells must not change what the search within a shop finds.
        let interpreter = Interpreter { among: Some((&query.filters, now_ms)), ..self.interpreter() };
        let mut best = Pass::empty();
        let mut interpretation = Interpretation::default();
        let mut corrected = None;
        for (effort, enough) in
            [(Effort::Plain, ENOUGH_RESULTS), (Effort::Completing, ENOUGH_RESULTS), (Effort::Correcting, 1)]
        {
            if best.total >= enough {
                break;
            }
            interpretation = interpreter.interpret(&words, effort)?;
            if let Some(text) = interpreter.query(&interpretation, Strictness::All) {
                let found = pass(Some(&*text))?;
                if found.total > best.total {
                    best = found;
                    corrected = interpretation.corrected();
                }
            }
        }
        if best.total == 0 {
            best = with_most_words(&interpreter, &interpretation, pass)?;
            corrected = interpretation.corrected();
        }
        let corrected = corrected.filter(|_| best.total > 0);
        self.results(query, best, corrected)
    }

    pub(crate) fn interpreter(&self) -> Interpreter<'_> {
        let vocabulary = Vocabulary { searcher: &self.searcher, fields: &self.fields };
        Interpreter { vocabulary, stems: &self.stems, language: self.language, columns: &self.columns, among: None }
    }

    /// Goes through the products that match `text`, or through all of them.
    pub(crate) fn pass(&self, query: &Query, text: Option<&dyn TextQuery>, now_ms: i64) -> Result<Pass, SearchError> {
        let mut pass = Pass {
            top: Top::new(query.offset.saturating_add(query.limit)),
            counts: query.facets.then(Counts::default),
            ..Pass::empty()
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
            let filter = SegmentFilter::new(columns, &query.filters);
            let mut segment_counts = query.facets.then(|| SegmentCounts::of(columns));
            let mut to_count = Vec::new();
            let mut add = |doc: u32, score: Option<Score>| {
                let at = doc as usize;
                if alive.is_some_and(|alive| alive.is_deleted(doc)) || !filter.is_visible(columns, at) {
                    return;
                }
                let price = Price::at(now_ms, columns, at);
                let failed = filter.failed(columns, at, price);
                if failed == 0 {
                    pass.total += 1;
                    pass.top.add(rank(query.sort, score, columns, doc, price), columns, ordinal, doc);
                }
                if let (Some(counts), Some(segment_counts)) = (&mut pass.counts, &mut segment_counts) {
                    to_count.push(CountedProduct { doc: at, price, failed });
                    if to_count.len() == COUNT_BATCH {
                        counts.add(segment_counts, columns, &to_count);
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
            if let (Some(counts), Some(mut segment_counts)) = (&mut pass.counts, segment_counts) {
                counts.add(&mut segment_counts, columns, &to_count);
                counts.add_all(&segment_counts, self.values(), ordinal as usize);
            }
        }
        Ok(pass)
    }

    fn results(&self, query: &Query, pass: Pass, corrected: Option<Vec<String>>) -> Result<SearchResults, SearchError> {
        let mut hits = Vec::new();
        let mut labels = Vec::new();
        for ranked in pass.top.sorted().iter().skip(query.offset) {
            let stored = self.stored(ranked.address.0)?;
            hits.push(self.hit(&stored));
            labels.push(text(&stored, self.fields.label));
        }
        Ok(SearchResults {
            hits,
            total: pass.total,
            facets: query.facets.then(|| pass.counts.map(|counts| counts.facets(self.values())).unwrap_or_default()),
            did_you_mean: corrected.map(|words| as_written(&words, &labels)),
        })
    }

    /// Returns id and version of every product, or of those of a category, hidden ones included, in no particular
    /// order.
    ///
    /// # Errors
    /// [`SearchError`] if the files are damaged.
    pub fn products(&self, category: Option<&str>) -> Result<Vec<(String, u64)>, SearchError> {
        let filters = Filters { category: category.map(str::to_owned), include_hidden: true, ..Filters::default() };
        let mut products = Vec::new();
        for ((ordinal, segment), columns) in self.segments() {
            let filter = SegmentFilter::new(columns, &filters);
            let fits =
                |at| filter.is_visible(columns, at) && filter.failed(columns, at, Price::at(0, columns, at)) == 0;
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

/// Finds the products with the highest number of matching words, if no product that the filters leave has all words.
/// Usually one word is too many, so this is tried first, and then ever fewer words. Once something is found, a binary
/// search follows, because more words always find fewer products.
fn with_most_words(
    interpreter: &Interpreter<'_>,
    interpretation: &Interpretation,
    pass: impl Fn(Option<&dyn TextQuery>) -> Result<Pass, SearchError>,
) -> Result<Pass, SearchError> {
    let mut best = Pass::empty();
    let (mut enough, mut too_many) = (0, interpretation.required());
    let mut fewer = 1;
    while enough + 1 < too_many {
        let least = if enough == 0 { too_many.saturating_sub(fewer).max(1) } else { enough.midpoint(too_many) };
        fewer *= 2;
        let text = interpreter.query(interpretation, Strictness::AtLeast(least));
        let found = text.map_or_else(|| Ok(Pass::empty()), |text| pass(Some(&*text)))?;
        if found.total > 0 {
            (best, enough) = (found, least);
        } else {
            too_many = least;
        }
    }
    Ok(best)
}

/// Returns a stored text.
pub(crate) fn text(stored: &TantivyDocument, field: Field) -> String {
    stored.get_first(field).and_then(|text| text.as_str()).unwrap_or_default().to_owned()
}

impl Pass {
    fn empty() -> Self {
        Self { top: Top::new(0), total: 0, counts: None }
    }
}
