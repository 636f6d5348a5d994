//! The interpretation of a text: for each of its words, the stems that match it.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use tantivy::{
    DocSet, Score, TERMINATED, Term,
    query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, EnableScoring, FuzzyTermQuery, Occur, Query},
};

use crate::{
    Filters, Language, SearchError,
    any_field_query::AnyFieldQuery,
    at_least_query::AtLeastQuery,
    columns::Columns,
    segment_filter::SegmentFilter,
    text::{Stems, code_of, has_letter, reversed, words},
    vocabulary::{Vocabulary, max_edits},
};

/// How much of a text counts.
const MAX_CHARS: usize = 200;
const MAX_WORDS: usize = 16;
/// How many neighbouring words are joined at most.
const MAX_JOINED: usize = 3;
/// The shortest part of a compound, in characters.
const MIN_PART: usize = 3;
/// The shortest stem that is searched at the end of compounds, in characters.
const MIN_END: usize = 4;
/// How many completions of the last word are used.
const MAX_COMPLETIONS: usize = 30;
/// How many corrections of a word are tried.
const MAX_GUESSES: usize = 3;
/// How many times likelier than the typed word a correction must be to be used beside it.
const CORRECTION_RATIO: u64 = 10;

/// How many times likelier an unfinished word is than a mistyped one.
const COMPLETION_RATIO: u64 = 8;

/// The boost of a match in each field.
const TITLE: Score = 2.0;
const NAMES: Score = 1.0;
const TEXT: Score = 1.0;
/// The boost of other meanings of a word, compared to the word itself.
const JOINED: Score = 0.5;
const COMPLETED: Score = 0.5;
const PARTS: Score = 0.7;
/// The score of a compound that ends with the word: lower than nearly every match of the word itself.
const ENDING: Score = 2.0;

/// The interpretation of a text.
#[derive(Default)]
pub(crate) struct Interpretation {
    query_words: Vec<QueryWord>,
    /// The words, corrected.
    words: Vec<String>,
    is_corrected: bool,
}

impl Interpretation {
    /// Returns how many words a product must have to match all of them.
    pub(crate) fn required(&self) -> usize {
        self.query_words.iter().filter(|word| !word.optional && !word.meanings.is_empty()).count()
    }

    /// Returns the words of the text with corrections, or `None` if nothing was corrected.
    pub(crate) fn corrected(&self) -> Option<Vec<String>> {
        self.is_corrected.then(|| self.words.clone())
    }
}

/// A word of the text. Any of its meanings matches.
struct QueryWord {
    meanings: Vec<Meaning>,
    /// Whether a product may lack it.
    optional: bool,
}

enum Meaning {
    Stem(String),
    /// Joined with one or two neighbouring words.
    Joined(String),
    /// Completed.
    Completed(String),
    /// A compound, split into two words.
    Parts(String, String),
    /// The end of a compound, reversed.
    Ending(String),
}

/// A word that may have been meant.
struct Guess {
    word: String,
    likeliness: u64,
    /// Whether it is another word, and not a completion.
    is_correction: bool,
}

/// How much is tried to interpret a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Words are taken as they are. Only unknown words are completed or corrected.
    Plain,
    /// The last word may also be unfinished.
    Completing,
    /// Rare words may also be mistyped.
    Correcting,
}

/// How much of an interpretation a product must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Every word.
    All,
    /// This number of words, fewer than all.
    AtLeast(usize),
}

/// Interprets texts with the vocabulary of one version of the index.
pub(crate) struct Interpreter<'a> {
    pub(crate) vocabulary: Vocabulary<'a>,
    pub(crate) stems: &'a Stems,
    pub(crate) language: Language,
    /// The columns of each segment.
    pub(crate) columns: &'a [Arc<Columns>],
    /// The filters whose products count, and the time in milliseconds since 1970. `None` counts all products.
    pub(crate) among: Option<(&'a Filters, i64)>,
}

/// Returns the words of a text that count, each once.
pub(crate) fn counted_words(text: &str) -> Vec<String> {
    let text: String = text.chars().take(MAX_CHARS).collect();
    let mut counted: Vec<String> = Vec::new();
    for word in words(&text) {
        if counted.len() < MAX_WORDS && !counted.contains(&word) {
            counted.push(word);
        }
    }
    counted
}

/// Returns the code that a text may be.
pub(crate) fn code_in(text: &str) -> Option<String> {
    code_of(&words(&text.chars().take(MAX_CHARS).collect::<String>()))
}

impl Interpreter<'_> {
    /// Interprets `words`.
    pub(crate) fn interpret(&self, words: &[String], effort: Effort) -> Result<Interpretation, SearchError> {
        let only_stop_words = words.iter().all(|word| self.is_stop_word(word));
        let mut interpretation = Interpretation { query_words: Vec::new(), words: words.to_vec(), is_corrected: false };
        let mut guessed = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let (meanings, guesses) = self.meanings(words, at, effort)?;
            interpretation
                .query_words
                .push(QueryWord { meanings, optional: !only_stop_words && self.is_stop_word(word) });
            guessed.push(guesses);
        }
        for (at, guesses) in guessed.into_iter().enumerate() {
            self.choose(&mut interpretation, at, guesses)?;
        }
        Ok(interpretation)
    }

    /// Chooses from the guesses for a word: the likeliest one with which all words match a product, or else the
    /// likeliest one.
    fn choose(
        &self,
        interpretation: &mut Interpretation,
        at: usize,
        mut guesses: Vec<Guess>,
    ) -> Result<(), SearchError> {
        guesses.sort_by_key(|guess| Reverse(guess.likeliness));
        guesses.truncate(MAX_GUESSES);
        let mut chosen = 0;
        for (number, guess) in guesses.iter().enumerate() {
            interpretation.query_words[at].meanings.push(Meaning::Stem(self.stems.stem(&guess.word)));
            let query = self.query(interpretation, Strictness::All);
            interpretation.query_words[at].meanings.pop();
            if self.matches_any(query)? {
                chosen = number;
                break;
            }
        }
        if let Some(guess) = guesses.into_iter().nth(chosen) {
            interpretation.query_words[at].meanings.push(Meaning::Stem(self.stems.stem(&guess.word)));
            if guess.is_correction {
                interpretation.words[at] = guess.word;
                interpretation.is_corrected = true;
            }
        }
        Ok(())
    }

    /// Tells whether any product that the filters leave matches a query.
    fn matches_any(&self, query: Option<Box<dyn Query>>) -> Result<bool, SearchError> {
        let Some(query) = query else { return Ok(false) };
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.vocabulary.searcher))?;
        for (segment, columns) in self.vocabulary.searcher.segment_readers().iter().zip(self.columns) {
            let filter = self.among.map(|(filters, now_ms)| (SegmentFilter::new(columns, filters), now_ms));
            let mut scorer = weight.scorer(segment, 1.0)?;
            while scorer.doc() != TERMINATED {
                let at = scorer.doc() as usize;
                let is_left = filter.as_ref().is_none_or(|(filter, now_ms)| filter.leaves(columns, at, *now_ms));
                if is_left && !segment.is_deleted(scorer.doc()) {
                    return Ok(true);
                }
                scorer.advance();
            }
        }
        Ok(false)
    }

    fn is_stop_word(&self, word: &str) -> bool {
        self.language.stop_words().contains(&word)
    }

    /// Returns the meanings of a word, and guesses at what was meant.
    fn meanings(&self, words: &[String], at: usize, effort: Effort) -> Result<(Vec<Meaning>, Vec<Guess>), SearchError> {
        let word = &words[at];
        let stem = self.stems.stem(word);
        let correcting = effort == Effort::Correcting;
        let mut frequency = self.vocabulary.frequency(&stem)?;
        if correcting && frequency > 0 && !self.matches_any(Some(self.in_any_field(&stem)))? {
            // The word is known, but not to the products that the filters leave.
            frequency = 0;
        }
        let mut meanings = Vec::new();
        let mut guesses = Vec::new();
        if frequency > 0 {
            meanings.push(Meaning::Stem(stem.clone()));
        }
        meanings.extend(self.joined(words, at)?);

        let may_be_unfinished = at + 1 == words.len() && word.chars().count() > 1 && has_letter(word);
        let completions = if may_be_unfinished && (frequency == 0 || effort != Effort::Plain) {
            self.vocabulary.completions(word, MAX_COMPLETIONS)?
        } else {
            Vec::new()
        };
        // A word that no product has can share its stem with another word by chance: "gaing" has the stem of "ga".
        if meanings.is_empty() || correcting || !self.vocabulary.has(word)? {
            guesses.extend(completions.iter().map(|(word, products)| Guess {
                word: word.clone(),
                likeliness: products * COMPLETION_RATIO,
                is_correction: false,
            }));
            guesses.extend(self.corrections(word, &stem, 1, correcting)?);
            guesses.retain(|guess| guess.likeliness > frequency * CORRECTION_RATIO);
        }
        let completed: BTreeSet<_> = completions.iter().map(|(word, _)| self.stems.stem(word)).collect();
        meanings.extend(completed.into_iter().filter(|other| *other != stem).map(Meaning::Completed));
        meanings.extend(self.parts(word, !meanings.is_empty() || !guesses.is_empty())?);
        if meanings.is_empty() && guesses.is_empty() {
            guesses = self.corrections(word, &stem, 2, correcting)?;
        }
        if self.language.has_compounds() && stem.chars().count() >= MIN_END {
            meanings.push(Meaning::Ending(reversed(&stem)));
        }
        Ok((meanings, guesses))
    }

    /// Returns guesses for `word`, or else for its stem, with up to `edits` edits.
    fn corrections(&self, word: &str, stem: &str, edits: u8, correcting: bool) -> Result<Vec<Guess>, SearchError> {
        if edits > max_edits(word, correcting) {
            return Ok(Vec::new());
        }
        let mut corrections = self.vocabulary.corrections(word, edits)?;
        if corrections.is_empty() && stem != word {
            corrections = self.vocabulary.corrections(stem, edits)?;
        }
        let guesses = corrections.into_iter();
        Ok(guesses.map(|(word, likeliness)| Guess { word, likeliness, is_correction: true }).collect())
    }

    /// Joins a word with one or two neighbours, if there are such words: `e-bike` is also `ebike`, `2-in-1` also `2in1`.
    fn joined(&self, words: &[String], at: usize) -> Result<Vec<Meaning>, SearchError> {
        let mut joined = Vec::new();
        for length in 2..=MAX_JOINED {
            for first in (at + 1).saturating_sub(length)..=at {
                let Some(part) = words.get(first..first + length) else { continue };
                let stem = self.stems.stem(&part.concat());
                if self.vocabulary.frequency(&stem)? > 0 {
                    joined.push(Meaning::Joined(stem));
                }
            }
        }
        Ok(joined)
    }

    /// Splits a word in two words that exist. Of several ways, it takes the one whose rarer part is the most frequent.
    /// Numbers and letters are always split (`32gb`), known words only in languages with compounds.
    fn parts(&self, word: &str, is_known: bool) -> Result<Option<Meaning>, SearchError> {
        let mut best: Option<(u64, Meaning)> = None;
        let chars: Vec<char> = word.chars().collect();
        for at in 1..chars.len() {
            let (one, other) = chars.split_at(at);
            let number_ends = chars[at - 1].is_ascii_digit() != chars[at].is_ascii_digit();
            let word_ends = one.len().min(other.len()) >= MIN_PART && (!is_known || self.language.has_compounds());
            if !number_ends && !word_ends {
                continue;
            }
            let (one, other) = (self.stems.stem(&String::from_iter(one)), self.stems.stem(&String::from_iter(other)));
            let frequency = match self.vocabulary.frequency(&one)? {
                0 => 0,
                frequency => frequency.min(self.vocabulary.frequency(&other)?),
            };
            if frequency > best.as_ref().map_or(0, |(highest, _)| *highest) {
                best = Some((frequency, Meaning::Parts(one, other)));
            }
        }
        Ok(best.map(|(_, parts)| parts))
    }

    /// Builds the query for an interpretation. Returns `None` if it cannot match anything.
    pub(crate) fn query(&self, interpretation: &Interpretation, strictness: Strictness) -> Option<Box<dyn Query>> {
        let mut required = Vec::new();
        let mut optional = Vec::new();
        for word in interpretation.query_words.iter().filter(|word| !word.meanings.is_empty()) {
            let meanings: Vec<_> = word.meanings.iter().map(|meaning| self.meaning_query(meaning)).collect();
            let any: Box<dyn Query> = match <[_; 1]>::try_from(meanings) {
                Ok([meaning]) => meaning,
                Err(meanings) => Box::new(DisjunctionMaxQuery::new(meanings)),
            };
            if word.optional { &mut optional } else { &mut required }.push(any);
        }
        let minimum = match strictness {
            Strictness::All => required.len(),
            Strictness::AtLeast(minimum) => minimum,
        };
        if minimum == 0 {
            return None;
        }
        if minimum < required.len() {
            return Some(Box::new(AtLeastQuery::new(required, minimum)));
        }
        let required = required.into_iter().map(|query| (Occur::Must, query));
        let optional = optional.into_iter().map(|query| (Occur::Should, query));
        Some(Box::new(BooleanQuery::new(required.chain(optional).collect())))
    }

    fn meaning_query(&self, meaning: &Meaning) -> Box<dyn Query> {
        match meaning {
            Meaning::Stem(stem) => self.in_any_field(stem),
            Meaning::Joined(stem) => Box::new(BoostQuery::new(self.in_any_field(stem), JOINED)),
            Meaning::Completed(stem) => Box::new(BoostQuery::new(self.in_any_field(stem), COMPLETED)),
            Meaning::Parts(one, other) => {
                let both = BooleanQuery::intersection(vec![self.in_any_field(one), self.in_any_field(other)]);
                Box::new(BoostQuery::new(Box::new(both), PARTS))
            }
            Meaning::Ending(end) => {
                let term = Term::from_field_text(self.vocabulary.fields.ends, end);
                Box::new(BoostQuery::new(Box::new(FuzzyTermQuery::new_prefix(term, 0, true)), ENDING))
            }
        }
    }

    /// Returns a query for a stem in any field.
    pub(crate) fn in_any_field(&self, stem: &str) -> Box<dyn Query> {
        let fields = self.vocabulary.fields;
        Box::new(AnyFieldQuery::new(stem, &[(fields.title, TITLE), (fields.names, NAMES), (fields.text, TEXT)]))
    }
}
