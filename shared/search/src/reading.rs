//! What a text means: for each of its words, the stems that would do.

use std::{cmp::Reverse, collections::BTreeSet};

use tantivy::{
    DocSet, Score, TERMINATED, Term,
    query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, EnableScoring, FuzzyTermQuery, Occur, Query},
};

use crate::{
    Language, SearchError,
    anywhere::Anywhere,
    several::Several,
    text::{Stems, has_letter, reversed, words},
    vocabulary::{Vocabulary, most_edits},
};

/// How much of a text counts.
const MAX_CHARS: usize = 200;
const MAX_WORDS: usize = 16;
/// The shortest part of a compound, in characters.
const MIN_PART: usize = 3;
/// The shortest stem that is looked for at the end of longer ones, in characters.
const MIN_END: usize = 4;
/// How many completions of the last word are looked for.
const MAX_COMPLETIONS: usize = 30;
/// How many guesses at what a word was meant to be are looked at.
const MAX_GUESSES: usize = 3;
/// How much likelier than the word itself another one has to be to be read in its place too.
const DOUBT: u64 = 10;

/// How much likelier the beginning of a word was typed than another word with an edit.
const COMPLETION: u64 = 8;

/// What a match counts in each field.
const TITLE: Score = 2.0;
const NAMES: Score = 1.0;
const TEXT: Score = 1.0;
/// What other readings of a word count next to the word itself.
const JOINED: Score = 0.5;
const COMPLETED: Score = 0.5;
const PARTS: Score = 0.7;
/// What it counts in itself that a longer word has this end: less than nearly every match of the word.
const ENDING: Score = 2.0;

/// A text, taken apart.
#[derive(Default)]
pub(crate) struct Reading {
    slots: Vec<Slot>,
    /// Its words, corrected.
    words: Vec<String>,
    is_corrected: bool,
}

impl Reading {
    /// How many words have to be found that mean something.
    pub(crate) fn needed(&self) -> usize {
        self.slots.iter().filter(|slot| !slot.optional && !slot.meanings.is_empty()).count()
    }

    /// The words of the text with corrections, if there are any.
    pub(crate) fn corrected(&self) -> Option<Vec<String>> {
        self.is_corrected.then(|| self.words.clone())
    }
}

/// A word of the text: any one of its meanings does.
struct Slot {
    meanings: Vec<Meaning>,
    /// Whether a product is found without it too.
    optional: bool,
}

enum Meaning {
    Stem(String),
    /// With its neighbour.
    Joined(String),
    /// With an ending of its own.
    Completed(String),
    /// Two words written as one.
    Parts(String, String),
    /// The end of a longer word, backwards.
    Ending(String),
}

/// What a word may have been meant to be.
struct Guess {
    word: String,
    likeliness: u64,
    /// Whether it is another word, not one that begins like this.
    is_correction: bool,
}

/// How much is thought of to understand a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Words are what they are. Only what is no word is completed or corrected.
    Plain,
    /// The last word may go on.
    Completing,
    /// And rare words may be mistyped.
    Doubting,
}

/// How much of a reading has to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Every word.
    All,
    /// So many words, fewer than all.
    AtLeast(usize),
}

/// Reads texts over one version.
pub(crate) struct Reader<'a> {
    pub(crate) vocabulary: Vocabulary<'a>,
    pub(crate) stems: &'a Stems,
    pub(crate) language: Language,
}

/// The words of a text as far as they count, each once.
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

impl Reader<'_> {
    /// What `words` mean.
    pub(crate) fn read(&self, words: &[String], effort: Effort) -> Result<Reading, SearchError> {
        let only_fillers = words.iter().all(|word| self.is_filler(word));
        let mut reading = Reading { slots: Vec::new(), words: words.to_vec(), is_corrected: false };
        let mut guessed = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let (meanings, guesses) = self.meanings(words, at, effort)?;
            reading.slots.push(Slot { meanings, optional: !only_fillers && self.is_filler(word) });
            guessed.push(guesses);
        }
        for (at, guesses) in guessed.into_iter().enumerate() {
            self.settle(&mut reading, at, guesses)?;
        }
        Ok(reading)
    }

    /// Of what a word was probably meant to be, takes the likeliest that goes with the other words, or else the
    /// likeliest.
    fn settle(&self, reading: &mut Reading, at: usize, mut guesses: Vec<Guess>) -> Result<(), SearchError> {
        guesses.sort_by_key(|guess| Reverse(guess.likeliness));
        guesses.truncate(MAX_GUESSES);
        let mut settled = 0;
        if reading.slots.len() > 1 {
            for (number, guess) in guesses.iter().enumerate() {
                reading.slots[at].meanings.push(Meaning::Stem(self.stems.stem(&guess.word)));
                let goes = self.finds(reading)?;
                reading.slots[at].meanings.pop();
                if goes {
                    settled = number;
                    break;
                }
            }
        }
        if let Some(guess) = guesses.into_iter().nth(settled) {
            reading.slots[at].meanings.push(Meaning::Stem(self.stems.stem(&guess.word)));
            if guess.is_correction {
                reading.words[at] = guess.word;
                reading.is_corrected = true;
            }
        }
        Ok(())
    }

    /// Whether there is a product with all words.
    fn finds(&self, reading: &Reading) -> Result<bool, SearchError> {
        let Some(query) = self.query(reading, Strictness::All) else { return Ok(false) };
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.vocabulary.searcher))?;
        for segment in self.vocabulary.searcher.segment_readers() {
            if weight.scorer(segment, 1.0)?.doc() != TERMINATED {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_filler(&self, word: &str) -> bool {
        self.language.fillers().contains(&word)
    }

    /// What one of the words means, and what it may have been meant to be.
    fn meanings(&self, words: &[String], at: usize, effort: Effort) -> Result<(Vec<Meaning>, Vec<Guess>), SearchError> {
        let word = &words[at];
        let stem = self.stems.stem(word);
        let doubting = effort == Effort::Doubting;
        let frequency = self.vocabulary.frequency(&stem)?;
        let mut meanings = Vec::new();
        let mut guesses = Vec::new();
        if frequency > 0 {
            meanings.push(Meaning::Stem(stem.clone()));
        }
        meanings.extend(self.joined(words.get(at.wrapping_sub(1)), Some(word))?);
        meanings.extend(self.joined(Some(word), words.get(at + 1))?);

        let may_go_on = at + 1 == words.len() && word.chars().count() > 1 && has_letter(word);
        let completions = if may_go_on && (frequency == 0 || effort != Effort::Plain) {
            self.vocabulary.completions(word, MAX_COMPLETIONS)?
        } else {
            Vec::new()
        };
        // Words nobody uses have stems too, which other words may share by chance: "gaing" has that of "ga".
        if meanings.is_empty() || doubting || !self.vocabulary.has(word)? {
            guesses.extend(completions.iter().map(|(word, products)| Guess {
                word: word.clone(),
                likeliness: products * COMPLETION,
                is_correction: false,
            }));
            guesses.extend(self.corrections(word, &stem, 1, doubting)?);
            guesses.retain(|guess| guess.likeliness > frequency * DOUBT);
        }
        let completed: BTreeSet<_> = completions.iter().map(|(word, _)| self.stems.stem(word)).collect();
        meanings.extend(completed.into_iter().filter(|other| *other != stem).map(Meaning::Completed));
        meanings.extend(self.parts(word, !meanings.is_empty() || !guesses.is_empty())?);
        if meanings.is_empty() && guesses.is_empty() {
            guesses = self.corrections(word, &stem, 2, doubting)?;
        }
        if self.language.has_compounds() && stem.chars().count() >= MIN_END {
            meanings.push(Meaning::Ending(reversed(&stem)));
        }
        Ok((meanings, guesses))
    }

    /// What `word`, or else its stem, may have been meant to be, so many edits away.
    fn corrections(&self, word: &str, stem: &str, edits: u8, doubting: bool) -> Result<Vec<Guess>, SearchError> {
        if edits > most_edits(word, doubting) {
            return Ok(Vec::new());
        }
        let mut corrections = self.vocabulary.corrections(word, edits)?;
        if corrections.is_empty() && stem != word {
            corrections = self.vocabulary.corrections(stem, edits)?;
        }
        let guesses = corrections.into_iter();
        Ok(guesses.map(|(word, likeliness)| Guess { word, likeliness, is_correction: true }).collect())
    }

    /// Two neighbours written as one word, if there is such a word.
    fn joined(&self, one: Option<&String>, other: Option<&String>) -> Result<Option<Meaning>, SearchError> {
        let (Some(one), Some(other)) = (one, other) else { return Ok(None) };
        let stem = self.stems.stem(&format!("{one}{other}"));
        Ok((self.vocabulary.frequency(&stem)? > 0).then_some(Meaning::Joined(stem)))
    }

    /// The two words that one is made of, if there are such: those of which the rarer one is most frequent. Numbers and
    /// letters are taken apart in any case (`32gb`), words that there are only in languages that put words together.
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
            if frequency > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((frequency, Meaning::Parts(one, other)));
            }
        }
        Ok(best.map(|(_, parts)| parts))
    }

    /// What finds the products that `reading` is about; `None` when nothing would.
    pub(crate) fn query(&self, reading: &Reading, strictness: Strictness) -> Option<Box<dyn Query>> {
        let mut needed = Vec::new();
        let mut wanted = Vec::new();
        for slot in reading.slots.iter().filter(|slot| !slot.meanings.is_empty()) {
            let meanings: Vec<_> = slot.meanings.iter().map(|meaning| self.meaning(meaning)).collect();
            let any: Box<dyn Query> = match <[_; 1]>::try_from(meanings) {
                Ok([meaning]) => meaning,
                Err(meanings) => Box::new(DisjunctionMaxQuery::new(meanings)),
            };
            if slot.optional { &mut wanted } else { &mut needed }.push(any);
        }
        let least = match strictness {
            Strictness::All => needed.len(),
            Strictness::AtLeast(least) => least,
        };
        if least == 0 {
            return None;
        }
        if least < needed.len() {
            return Some(Box::new(Several::new(needed, least)));
        }
        let needed = needed.into_iter().map(|query| (Occur::Must, query));
        let wanted = wanted.into_iter().map(|query| (Occur::Should, query));
        Some(Box::new(BooleanQuery::new(needed.chain(wanted).collect())))
    }

    fn meaning(&self, meaning: &Meaning) -> Box<dyn Query> {
        match meaning {
            Meaning::Stem(stem) => self.anywhere(stem),
            Meaning::Joined(stem) => Box::new(BoostQuery::new(self.anywhere(stem), JOINED)),
            Meaning::Completed(stem) => Box::new(BoostQuery::new(self.anywhere(stem), COMPLETED)),
            Meaning::Parts(one, other) => {
                let both = BooleanQuery::intersection(vec![self.anywhere(one), self.anywhere(other)]);
                Box::new(BoostQuery::new(Box::new(both), PARTS))
            }
            Meaning::Ending(end) => {
                let term = Term::from_field_text(self.vocabulary.fields.ends, end);
                Box::new(BoostQuery::new(Box::new(FuzzyTermQuery::new_prefix(term, 0, true)), ENDING))
            }
        }
    }

    /// Finds a stem in any field.
    pub(crate) fn anywhere(&self, stem: &str) -> Box<dyn Query> {
        let fields = self.vocabulary.fields;
        Box::new(Anywhere::new(stem, &[(fields.title, TITLE), (fields.names, NAMES), (fields.text, TEXT)]))
    }
}
