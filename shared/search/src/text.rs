//! Splitting a text into words, in the same way for indexing and for queries.

use std::{borrow::Cow, collections::HashMap};

use frostem::Stemmer;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::Language;

/// The maximum length of a word, in characters. Longer words are cut off.
const MAX_WORD: usize = 40;

/// Returns the words of a text in plain form: lower case, without accents, `ß` as `ss`. The time is linear in the
/// length of the text.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Words::default();
    for c in text.nfkd().flat_map(char::to_lowercase) {
        words.push(c);
    }
    words.end();
    words.found
}

#[derive(Default)]
struct Words {
    found: Vec<String>,
    word: String,
    after_apostrophe: bool,
}

impl Words {
    fn push(&mut self, c: char) {
        match c {
            'ß' => self.word.push_str("ss"),
            'æ' => self.word.push_str("ae"),
            'œ' => self.word.push_str("oe"),
            'þ' => self.word.push_str("th"),
            'ø' => self.word.push('o'),
            'đ' | 'ð' => self.word.push('d'),
            'ł' => self.word.push('l'),
            'ı' => self.word.push('i'),
            '\u{300}'..='\u{36f}' => {}
            c if is_ideograph(c) => {
                self.end();
                self.word.push(c);
                self.end();
            }
            c if c.is_alphanumeric() || is_combining_mark(c) => self.word.push(c),
            c => {
                self.end();
                self.after_apostrophe = matches!(c, '\'' | '’');
            }
        }
    }

    fn end(&mut self) {
        let mut word = std::mem::take(&mut self.word);
        // The s of "men's".
        let possessive = std::mem::take(&mut self.after_apostrophe) && word == "s";
        if word.is_empty() || possessive {
            return;
        }
        if let Some((end, _)) = word.char_indices().nth(MAX_WORD) {
            word.truncate(end);
        }
        self.found.push(word);
    }
}

/// Characters that join the parts of a word: `e-bike`, `AC/DC`, `R&B`.
const JOINERS: [char; 5] = ['-', '\u{2010}', '\u{2011}', '/', '&'];
/// How many parts a joined word has at most.
const MAX_PARTS: usize = 4;
/// Parts that are joined by something else than a hyphen are one word only if one of them is short: `AC/DC`, but not
/// `black/white`. In characters.
const SHORT_PART: usize = 3;

/// Returns the words of a text like [`words`], and also the words that consist of parts as one word: `e-bike` gives `e`,
/// `bike` and `ebike`. So they are found in either spelling.
pub(crate) fn words_and_joined(text: &str) -> Vec<String> {
    let mut found = words(text);
    for token in text.split_whitespace().filter(|token| token.contains(JOINERS)) {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        let is_hyphenated = !token.contains(['/', '&']);
        let parts = words(token);
        let is_short = |part: &String| part.chars().count() <= SHORT_PART;
        if token.chars().all(|c| c.is_alphanumeric() || is_combining_mark(c) || JOINERS.contains(&c))
            && (2..=MAX_PARTS).contains(&parts.len())
            && parts.iter().any(|part| has_letter(part))
            && (is_hyphenated || parts.iter().any(is_short))
        {
            found.extend(words(&parts.concat()));
        }
    }
    found
}

/// The shortest code that is found as a whole, in characters.
const MIN_CODE: usize = 4;

/// Returns the code of a variant as it is indexed and searched: its words without what separates them. Returns `None` for a
/// code without a digit or of fewer than four characters, because a word of a text could look like it.
pub(crate) fn code_of(words: &[String]) -> Option<String> {
    let code = words.concat();
    (code.chars().count() >= MIN_CODE && code.contains(|c: char| c.is_ascii_digit())).then_some(code)
}

/// Chinese and Japanese have no spaces: each character counts as a word.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Tells whether it contains a letter. Numbers are neither corrected nor completed.
pub(crate) fn has_letter(word: &str) -> bool {
    word.chars().any(char::is_alphabetic)
}

/// Reverses a word, so that words with the same end have the same beginning.
pub(crate) fn reversed(word: &str) -> String {
    word.chars().rev().collect()
}

/// Returns plain words as `labels` write them: with their accents, in lower case.
pub(crate) fn as_written(plain: &[String], labels: &[String]) -> String {
    let mut written: HashMap<String, String> = HashMap::new();
    for word in labels.iter().flat_map(|label| label.split(|c: char| !c.is_alphanumeric())) {
        if let [plain] = &words(word)[..] {
            written.entry(plain.clone()).or_insert_with(|| word.to_lowercase());
        }
    }
    let words = plain.iter().map(|plain| written.get(plain).unwrap_or(plain).as_str());
    words.collect::<Vec<_>>().join(" ")
}

/// Removes the endings of words.
#[derive(Clone)]
pub(crate) struct Stems {
    stemmer: Stemmer,
    umlauts: bool,
}

impl Stems {
    pub(crate) fn new(language: Language) -> Self {
        Self { stemmer: language.stemmer(), umlauts: language.has_umlauts() }
    }

    /// Returns the stem of a plain word.
    pub(crate) fn stem(&self, word: &str) -> String {
        let stem = self.stemmer.stem(word);
        if self.umlauts { without_umlauts(&stem).into_owned() } else { stem.into_owned() }
    }
}

/// Replaces `ae`, `oe` and `ue` by `a`, `o` and `u`, which are `ä`, `ö` and `ü` without their dots, so that
/// `schluessel` finds `Schlüssel`. Not after a vowel or `q` (`neue`, `quer`), and not at the end.
fn without_umlauts(stem: &str) -> Cow<'_, str> {
    if !["ae", "oe", "ue"].iter().any(|umlaut| stem.contains(umlaut)) {
        return Cow::Borrowed(stem);
    }
    let mut plain = String::with_capacity(stem.len());
    let mut before = ' ';
    let mut chars = stem.chars().peekable();
    while let Some(c) = chars.next() {
        plain.push(c);
        if matches!(c, 'a' | 'o' | 'u') && !matches!(before, 'a' | 'e' | 'i' | 'o' | 'u' | 'q') {
            let mut rest = chars.clone();
            if rest.next() == Some('e') && rest.peek().is_some() {
                chars.next();
            }
        }
        before = c;
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_parts_is_also_one_word() {
        for (text, joined) in [
            ("Sci-fi novel", "scifi"),
            ("AC/DC record", "acdc"),
            ("a 2-in-1 jug", "2in1"),
            ("E\u{2011}Bike", "ebike"),
            ("(R&B)", "rb"),
            ("Müller-Thurgau,", "mullerthurgau"),
        ] {
            assert_eq!(words_and_joined(text).last().map(String::as_str), Some(joined), "{text}");
        }
        for text in ["black/white", "140-200", "a - b", "one-two-three-four-five", "x-", "mail@a-b.example"] {
            assert_eq!(words_and_joined(text), words(text), "{text}");
        }
    }

    #[test]
    fn a_code_is_told_from_words_by_its_digits() {
        let code = |text: &str| code_of(&words(text));
        assert_eq!(code("ZQ-ab12-XV"), Some("zqab12xv".to_owned()));
        assert_eq!(code("zq ab12 xv"), Some("zqab12xv".to_owned()));
        assert_eq!((code("blue-xl"), code("m8")), (None, None));
    }
}
