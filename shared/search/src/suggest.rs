//! Suggestions for a text that is still being typed.

use std::collections::BTreeMap;

use tantivy::{
    Term,
    query::{
        BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EnableScoring, Occur, Query as TextQuery, TermSetQuery,
    },
};

use crate::{
    Filters, Hit, Index, Query, SearchError, Sort, Suggestions,
    document::flags,
    index::text,
    interpretation::{Effort, Strictness, counted_words},
    text::{as_written, words},
    vocabulary::{max_edits, most_frequent},
};

/// How many completions of the last word are considered.
const MAX_COMPLETIONS: usize = 30;
/// In how many titles the completed words are looked up.
const MAX_TITLES: usize = 50;

impl Index {
    /// Suggests completions of `text`, at most `limit` of each kind. The last word may be unfinished, and words may be
    /// mistyped. A word that only hidden products have is never suggested.
    ///
    /// # Errors
    /// [`SearchError`] if the files are damaged.
    pub fn suggest(&self, text: &str, limit: usize) -> Result<Suggestions, SearchError> {
        let words = counted_words(text);
        let Some((last, before)) = words.split_last() else { return Ok(Suggestions::default()) };
        let (products, texts) = self.suggested_products(before, last, limit)?;
        let matches = self.shops_and_categories(&words)?;
        let of_kind = |flag: u8| matches.iter().filter(move |(flags, _)| *flags == flag).take(limit);
        Ok(Suggestions {
            texts,
            products,
            shops: of_kind(flags::SHOP).map(|(_, hit)| hit.clone()).collect(),
            categories: of_kind(flags::CATEGORY).map(|(_, hit)| hit.clone()).collect(),
        })
    }

    fn suggested_products(
        &self,
        before: &[String],
        last: &str,
        limit: usize,
    ) -> Result<(Vec<Hit>, Vec<String>), SearchError> {
        let interpreter = self.interpreter();
        let mut completions = interpreter.vocabulary.completions(last, MAX_COMPLETIONS)?;
        if completions.is_empty() {
            let similar = interpreter.vocabulary.similar(self.fields.words, last, max_edits(last, false), true)?;
            completions = most_frequent(similar, MAX_COMPLETIONS);
        }
        // Not scored by rarity: the rarest completion is not the likeliest.
        let any = completions.iter().map(|(word, _)| -> Box<dyn TextQuery> {
            Box::new(ConstScoreQuery::new(interpreter.in_any_field(&self.stems.stem(word)), 1.0))
        });
        let mut clauses: Vec<(Occur, Box<dyn TextQuery>)> =
            vec![(Occur::Must, Box::new(DisjunctionMaxQuery::new(any.collect())))];
        if !before.is_empty() {
            let interpretation = interpreter.interpret(before, Effort::Plain)?;
            clauses.extend(interpreter.query(&interpretation, Strictness::All).map(|query| (Occur::Must, query)));
        }
        let query = Query {
            text: None,
            filters: Filters::default(),
            sort: Sort::Relevance,
            offset: 0,
            limit: MAX_TITLES.max(limit),
            facets: false,
        };
        let pass = self.pass(&query, Some(&BooleanQuery::new(clauses)), 0)?;
        let mut hits = Vec::new();
        let mut titles = Vec::new();
        for ranked in pass.top.sorted() {
            let stored = self.stored(ranked.address.0)?;
            hits.push(self.hit(&stored));
            titles.push(text(&stored, self.fields.label));
        }
        let shown: Vec<String> = titles.iter().flat_map(|title| words(title)).collect();
        let completed = completions.into_iter().map(|(word, _)| word).filter(|word| shown.contains(word));
        let texts = completed.take(limit).map(|word| {
            let text: Vec<String> = before.iter().cloned().chain([word]).collect();
            as_written(&text, &titles)
        });
        let texts = texts.collect();
        hits.truncate(limit);
        Ok((hits, texts))
    }

    /// Returns shops and categories whose names have a word that begins with each of `words`, the shortest names first.
    /// If there are none, the words may be mistyped.
    fn shops_and_categories(&self, words: &[String]) -> Result<Vec<(u8, Hit)>, SearchError> {
        let vocabulary = self.interpreter().vocabulary;
        for mistyped in [false, true] {
            let clauses = words.iter().map(|word| -> Result<Box<dyn TextQuery>, SearchError> {
                let edits = if mistyped { max_edits(word, false) } else { 0 };
                let similar = vocabulary.similar(self.fields.name, word, edits, true)?;
                let terms = similar.keys().map(|name| Term::from_field_text(self.fields.name, name));
                Ok(Box::new(TermSetQuery::new(terms)))
            });
            let query = BooleanQuery::intersection(clauses.collect::<Result<_, _>>()?);
            let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
            let mut found = BTreeMap::new();
            for ((ordinal, segment), columns) in self.segments() {
                let mut docs = Vec::new();
                weight.for_each_no_score(segment, &mut |more| docs.extend_from_slice(more))?;
                for doc in docs.into_iter().filter(|doc| !segment.is_deleted(*doc)) {
                    let stored = self.stored((ordinal, doc))?;
                    let name = text(&stored, self.fields.label);
                    let hit = self.hit(&stored);
                    found.insert((name.len(), name, hit.id.clone()), (columns.flags[doc as usize], hit));
                }
            }
            if !found.is_empty() {
                return Ok(found.into_values().collect());
            }
        }
        Ok(Vec::new())
    }
}
