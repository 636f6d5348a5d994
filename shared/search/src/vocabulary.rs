//! The words of a version of the index: how frequent a word is, which words are similar, and which begin with it.

use std::{cmp::Reverse, collections::BTreeMap};

use tantivy::{Searcher, Term, query::FuzzyTermQuery, schema::Field};

use crate::{SearchError, schema::Fields, text::has_letter};

/// Longer words are not corrected, in characters.
const MAX_CORRECTED: usize = 30;
/// Shorter words are no corrections, in characters.
const MIN_CORRECTION: usize = 3;
/// The same if the first letter differs. Short words have many neighbours.
const MIN_UNLIKE: usize = 4;
/// How many times likelier a correction with the same first letter is. Few people mistype the first letter.
const SAME_START: u64 = 4;

/// The dictionaries of a version of the index.
pub(crate) struct Vocabulary<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: &'a Fields,
}

impl Vocabulary<'_> {
    /// Returns in how many products a stem occurs, counted once per field.
    pub(crate) fn frequency(&self, stem: &str) -> Result<u64, SearchError> {
        let mut sum = 0;
        for field in [self.fields.title, self.fields.names, self.fields.text] {
            sum += self.searcher.doc_freq(&Term::from_field_text(field, stem))?;
        }
        Ok(sum)
    }

    /// Tells whether any product has the unchanged word.
    pub(crate) fn has(&self, word: &str) -> Result<bool, SearchError> {
        Ok(self.searcher.doc_freq(&Term::from_field_text(self.fields.words, word))? > 0)
    }

    /// Returns words that may have been meant, with up to `edits` edits, and how likely each is.
    pub(crate) fn corrections(&self, word: &str, edits: u8) -> Result<Vec<(String, u64)>, SearchError> {
        let mut close = Vec::new();
        for (other, products) in self.similar(self.fields.words, word, edits, false)? {
            let same_start = other.chars().next() == word.chars().next();
            let (shortest, likeliness) = if same_start { (MIN_CORRECTION, SAME_START) } else { (MIN_UNLIKE, 1) };
            if other.chars().count() >= shortest {
                close.push((other, products * likeliness));
            }
        }
        Ok(close)
    }

    /// Returns the words of a field that equal `word` up to `edits` edits, or that begin with it, and how many entries
    /// have each. Swapping two neighbouring letters is one edit. No edit changes a digit.
    pub(crate) fn similar(
        &self,
        field: Field,
        word: &str,
        edits: u8,
        prefix: bool,
    ) -> Result<BTreeMap<String, u64>, SearchError> {
        let query = if prefix { FuzzyTermQuery::new_prefix } else { FuzzyTermQuery::new };
        let automaton = query(Term::from_field_text(field, word), edits, true).automaton()?;
        let mut found = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut terms = index.terms().search(&automaton).into_stream()?;
            while let Some((term, info)) = terms.next() {
                let other = String::from_utf8_lossy(term);
                if keeps_digits(word, &other, prefix) {
                    *found.entry(other.into_owned()).or_default() += u64::from(info.doc_freq);
                }
            }
        }
        Ok(found)
    }

    /// Returns the words that begin with `word`, and how many products have each, the most frequent first.
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

/// Returns the most frequent words, the most frequent first.
pub(crate) fn most_frequent(words: BTreeMap<String, u64>, limit: usize) -> Vec<(String, u64)> {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|(_, frequency)| Reverse(*frequency));
    words.truncate(limit);
    words
}

/// Tells whether `other` has the numbers of `word`, in the same order. If `word` is unfinished, further numbers may
/// follow, and its last number may be unfinished if `word` ends with it.
fn keeps_digits(word: &str, other: &str, unfinished: bool) -> bool {
    let (typed, others) = (numbers(word), numbers(other));
    if !unfinished {
        return typed == others;
    }
    let Some((last, before)) = typed.split_last() else { return true };
    let may_continue = word.ends_with(char::is_numeric);
    others.starts_with(before)
        && others.get(before.len()).is_some_and(|other| other == last || (may_continue && other.starts_with(last)))
}

/// Returns the numbers in a word: `140` and `200` of `140x200`.
fn numbers(word: &str) -> Vec<&str> {
    word.split(|c: char| !c.is_numeric()).filter(|number| !number.is_empty()).collect()
}

/// Returns how many edits a word may differ from the one that was meant. Short words have too many neighbours, and
/// numbers are exact. With `correcting`, one more edit is allowed, because nothing else was found.
pub(crate) fn max_edits(word: &str, correcting: bool) -> u8 {
    match word.chars().count() {
        _ if !has_letter(word) => 0,
        3 => u8::from(correcting),
        4..=7 => 1 + u8::from(correcting),
        8..=MAX_CORRECTED => 2,
        _ => 0,
    }
}
