//! The words of a version: how frequent one is, which are close to it and which begin with it.

use std::{cmp::Reverse, collections::BTreeMap};

use tantivy::{Searcher, Term, query::FuzzyTermQuery, schema::Field};

use crate::{SearchError, schema::Fields, text::has_letter};

/// What is longer is not corrected, in characters.
const MAX_CORRECTED: usize = 30;
/// What is shorter is no correction, in characters.
const MIN_CORRECTION: usize = 3;
/// The same where the first letter differs, too: short words have many neighbours.
const MIN_UNLIKE: usize = 4;
/// How much likelier a word is meant that begins like what was typed: few people mistype the first letter.
const SAME_START: u64 = 4;

/// The dictionaries of a version.
pub(crate) struct Vocabulary<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: &'a Fields,
}

impl Vocabulary<'_> {
    /// In how many products a stem is, counted once for each field.
    pub(crate) fn frequency(&self, stem: &str) -> Result<u64, SearchError> {
        let mut sum = 0;
        for field in [self.fields.title, self.fields.names, self.fields.text] {
            sum += self.searcher.doc_freq(&Term::from_field_text(field, stem))?;
        }
        Ok(sum)
    }

    /// Whether a product has the word as it stands.
    pub(crate) fn has(&self, word: &str) -> Result<bool, SearchError> {
        Ok(self.searcher.doc_freq(&Term::from_field_text(self.fields.words, word))? > 0)
    }

    /// The words that one may have been meant to be, so many edits away, and how likely each is.
    pub(crate) fn corrections(&self, word: &str, edits: u8) -> Result<Vec<(String, u64)>, SearchError> {
        let mut close = Vec::new();
        for (other, products) in self.close(self.fields.words, word, edits, false)? {
            let begins_alike = other.chars().next() == word.chars().next();
            let (shortest, likeliness) = if begins_alike { (MIN_CORRECTION, SAME_START) } else { (MIN_UNLIKE, 1) };
            if other.chars().count() >= shortest {
                close.push((other, products * likeliness));
            }
        }
        Ok(close)
    }

    /// The words of a field that `word`, or their beginning that `word` is, and in how many entries each is. Swapping
    /// two neighbours is one edit.
    pub(crate) fn close(
        &self,
        field: Field,
        word: &str,
        edits: u8,
        beginning: bool,
    ) -> Result<BTreeMap<String, u64>, SearchError> {
        let query = if beginning { FuzzyTermQuery::new_prefix } else { FuzzyTermQuery::new };
        let automaton = query(Term::from_field_text(field, word), edits, true).automaton()?;
        let mut found = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut terms = index.terms().search(&automaton).into_stream()?;
            while let Some((term, info)) = terms.next() {
                *found.entry(String::from_utf8_lossy(term).into_owned()).or_default() += u64::from(info.doc_freq);
            }
        }
        Ok(found)
    }

    /// The words that begin like this, and in how many products each is, the most frequent first.
    pub(crate) fn completions(&self, word: &str, limit: usize) -> Result<Vec<(String, u64)>, SearchError> {
        let mut end = word.as_bytes().to_vec();
        end.push(u8::MAX);
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.words)?;
            let mut terms = index.terms().range().ge(word).lt(&end).into_stream()?;
            while let Some((term, info)) = terms.next() {
                *found.entry(String::from_utf8_lossy(term).into_owned()).or_default() += u64::from(info.doc_freq);
            }
        }
        Ok(most_frequent(found, limit))
    }
}

/// The most frequent ones, first.
pub(crate) fn most_frequent(words: BTreeMap<String, u64>, limit: usize) -> Vec<(String, u64)> {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|(_, frequency)| Reverse(*frequency));
    words.truncate(limit);
    words
}

/// How many edits a word may be away from what was meant. Short words have too many neighbours, and numbers mean what
/// they are. With `doubting`, when nothing else is left, one more.
pub(crate) fn most_edits(word: &str, doubting: bool) -> u8 {
    match word.chars().count() {
        _ if !has_letter(word) => 0,
        3 => u8::from(doubting),
        4..=7 => 1 + u8::from(doubting),
        8..=MAX_CORRECTED => 2,
        _ => 0,
    }
}
