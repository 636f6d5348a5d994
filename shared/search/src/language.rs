//! The language of a marketplace's product texts.

use std::str::FromStr;

use frostem::{Algorithm, Stemmer};

/// The language whose endings are removed from words (`shoes` finds `shoe`). An index is read with the language that it
/// was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Danish.
    Danish,
    /// Dutch.
    Dutch,
    /// English.
    #[default]
    English,
    /// Finnish.
    Finnish,
    /// French.
    French,
    /// German.
    German,
    /// Hungarian.
    Hungarian,
    /// Italian.
    Italian,
    /// Norwegian.
    Norwegian,
    /// Portuguese.
    Portuguese,
    /// Romanian.
    Romanian,
    /// Spanish.
    Spanish,
    /// Swedish.
    Swedish,
    /// Turkish.
    Turkish,
}

/// There is no [`Language`] with this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a supported search language")]
pub struct UnknownLanguage(String);

impl Language {
    const ALL: [(&str, Self, Algorithm); 14] = [
        ("danish", Self::Danish, Algorithm::Danish),
        ("dutch", Self::Dutch, Algorithm::Dutch),
        ("english", Self::English, Algorithm::English),
        ("finnish", Self::Finnish, Algorithm::Finnish),
        ("french", Self::French, Algorithm::French),
        ("german", Self::German, Algorithm::German),
        ("hungarian", Self::Hungarian, Algorithm::Hungarian),
        ("italian", Self::Italian, Algorithm::Italian),
        ("norwegian", Self::Norwegian, Algorithm::Norwegian),
        ("portuguese", Self::Portuguese, Algorithm::Portuguese),
        ("romanian", Self::Romanian, Algorithm::Romanian),
        ("spanish", Self::Spanish, Algorithm::Spanish),
        ("swedish", Self::Swedish, Algorithm::Swedish),
        ("turkish", Self::Turkish, Algorithm::Turkish),
    ];

    /// Returns its English name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn stemmer(self) -> Stemmer {
        Stemmer::new(self.row().1)
    }

    fn row(self) -> (&'static str, Algorithm) {
        let row = Self::ALL.iter().find(|(_, language, _)| *language == self);
        row.map_or(("english", Algorithm::English), |(name, _, algorithm)| (*name, *algorithm))
    }

    /// Tells whether `ae`, `oe` and `ue` are other spellings of letters of this language.
    pub(crate) fn has_umlauts(self) -> bool {
        matches!(self, Self::Danish | Self::Finnish | Self::German | Self::Norwegian | Self::Swedish)
    }

    /// Tells whether it writes compounds as one word: `Kaffeetasse`.
    pub(crate) fn has_compounds(self) -> bool {
        self.has_umlauts() || matches!(self, Self::Dutch | Self::Hungarian)
    }

    /// Returns words that say nothing about a product. A product need not have them.
    pub(crate) fn stop_words(self) -> &'static [&'static str] {
        match self {
            Self::Danish => &["af", "den", "det", "en", "et", "fra", "i", "med", "og", "pa", "til"],
            Self::Dutch => &["de", "een", "en", "het", "in", "met", "of", "op", "te", "van", "voor"],
            Self::English => {
                &["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
            }
            Self::Finnish => &["ja", "on", "tai"],
            Self::French => &[
                "a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "pour", "sur",
                "un", "une",
            ],
            Self::German => &[
                "am", "an", "auf", "aus", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einen", "einer",
                "fur", "im", "in", "mit", "oder", "und", "von", "zu", "zum", "zur",
            ],
            Self::Hungarian => &["a", "az", "egy", "es", "vagy"],
            Self::Italian => &[
                "a", "al", "con", "d", "da", "del", "della", "di", "e", "gli", "i", "il", "in", "l", "la", "le", "lo",
                "o", "per", "un", "una",
            ],
            Self::Norwegian => &["av", "den", "det", "en", "et", "fra", "i", "med", "og", "pa", "til"],
            Self::Portuguese => &["a", "as", "com", "da", "de", "do", "e", "em", "o", "os", "ou", "para", "um", "uma"],
            Self::Romanian => &["cu", "de", "din", "la", "pe", "pentru", "sau", "si", "un"],
            Self::Spanish => {
                &["a", "al", "con", "de", "del", "el", "en", "la", "las", "los", "o", "para", "por", "un", "una", "y"]
            }
            Self::Swedish => &["av", "den", "det", "en", "ett", "fran", "i", "med", "och", "pa", "till"],
            Self::Turkish => &["bir", "icin", "ile", "ve", "veya"],
        }
    }
}

/// Parses the English name, in any case.
impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(name: &str) -> Result<Self, UnknownLanguage> {
        let found = Self::ALL.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        found.map(|(_, language, _)| *language).ok_or_else(|| UnknownLanguage(name.to_owned()))
    }
}
