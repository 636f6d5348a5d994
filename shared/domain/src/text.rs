//! Parsing text from outside.

use std::borrow::Cow;

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization;

/// Unicode's white space, which [`str::trim`] removes, for a regular expression, and what else belongs to the class.
/// Spelt out, because `\s` differs between the dialects of regular expressions.
#[macro_export]
macro_rules! space {
    ($($also:literal)?) => {
        concat!("[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000", $($also,)? "]")
    };
}

/// Whatever is neither white space nor a control character, nor what else is named.
macro_rules! visible {
    ($($nor:literal)?) => {
        concat!(
            "[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000",
            $($nor,)?
            "]"
        )
    };
}
pub(crate) use visible;

/// What [`shows`] in JSON Schema. A pattern cannot name the characters above U+FFFF that do not.
macro_rules! showing {
    () => {
        crate::text::visible!(
            "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\\ufffe\\uffff"
        )
    };
}

/// Why a value was refused, for the person or program that sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// Stable and machine-readable: `too_long`, `malformed`, ...
    pub code: &'static str,
    /// A sentence for developers. It never repeats the refused value, which may be a password.
    pub detail: Cow<'static, str>,
}

impl Invalid {
    /// Creates a refusal from its stable code and a sentence.
    pub fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// A character of [`one_line`], for a regular expression.
macro_rules! of_line {
    () => {
        r"[^\u0000-\u001f\u007f-\u009f]*"
    };
}

/// A character of [`multi_line`], for a regular expression.
macro_rules! of_lines {
    () => {
        r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*"
    };
}

/// The pattern of [`one_line`] in JSON Schema: a character that shows, and no control character between the white space at
/// the ends.
pub const ONE_LINE: &str = concat!("^", space!(), "*", of_line!(), showing!(), of_line!(), space!(), "*$");

/// The pattern of [`multi_line`] in JSON Schema.
pub const MULTI_LINE: &str = concat!("^", space!(), "*", of_lines!(), showing!(), of_lines!(), space!(), "*$");

/// Returns whether a character shows something: it is neither white space nor a control character, nor one that Unicode
/// says to display as nothing, nor the Braille pattern without dots.
fn shows(c: char) -> bool {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    !(c.is_whitespace() || c.is_control() || c == '\u{2800}' || ignorable.contains(c))
}

/// Returns whether a character is removed from texts. These are the embeddings, overrides and isolates that turn the
/// direction of what follows, in the text and after it (UAX 9, 2.1 to 2.5), and code points that are not characters (Unicode
/// 16, 23.7). The marks that order single words of Hebrew and Arabic stay, and so do joiners.
fn is_removed(c: char) -> bool {
    let is_no_character = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') || is_no_character
}

/// Removes what [`is_removed`], trims and normalises to NFC.
fn cleaned(raw: &str) -> String {
    let kept: String = raw.chars().filter(|&c| !is_removed(c)).collect();
    kept.trim().nfc().collect()
}

/// Trims and NFC-normalises text of one line with 1 to `max` characters and without control characters. Characters are
/// Unicode code points, as JSON Schema counts them, so a text has at most four times as many bytes. White space at the ends
/// counts too, so that `maxLength` says the same. At least one character must show something. Characters that turn the
/// direction of text, and code points that are not characters, are removed.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn one_line(raw: &str, max: usize) -> Result<String, Invalid> {
    // What stands between white space and a removed character at the end stands in the text, as the pattern says.
    if raw.trim().chars().any(char::is_control) {
        return Err(Invalid::new("control_character", "must not contain line breaks or control characters"));
    }
    bounded(raw, max)
}

/// Like [`one_line`], but line breaks and tabs are kept.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn multi_line(raw: &str, max: usize) -> Result<String, Invalid> {
    if raw.trim().chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Invalid::new("control_character", "must not contain control characters"));
    }
    bounded(raw, max)
}

fn bounded(raw: &str, max: usize) -> Result<String, Invalid> {
    let text = cleaned(raw);
    if !text.chars().any(shows) {
        return Err(Invalid::new("empty", "must not be empty"));
    }
    // A text has at most as many characters as bytes, so most texts are accepted without counting.
    let fits = |text: &str| text.len() <= max || text.chars().count() <= max;
    if fits(raw) && fits(&text) {
        return Ok(text);
    }
    Err(Invalid::new("too_long", format!("must have at most {max} characters")))
}

/// Declares a text newtype with a private field that only its `parse` can fill.
///
/// It is parsed from requests, with the error of `parse` at its JSON pointer. It is serialised as a string, and has a
/// schema in the API document. It trusts stored data: a rule that becomes stricter later must not make stored data
/// unreadable.
#[macro_export]
macro_rules! text {
    (
        $(#[$doc:meta])*
        $name:ident, $schema:tt, |$raw:ident| $parse:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Parses untrusted text.
            ///
            /// # Errors
            /// Names the rule that the text breaks.
            pub fn parse($raw: &str) -> Result<Self, $crate::Invalid> {
                $parse.map(Self)
            }

            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }

        $crate::edge!($name, $schema);
    };
}

/// Declares a [`text!`](crate::text!) newtype of one line, with its highest number of characters and examples.
#[macro_export]
macro_rules! line {
    ($(#[$doc:meta])* $name:ident, $max:literal, $examples:tt) => {
        $crate::line!($(#[$doc])* $name, $max, $examples, |raw| $crate::text::one_line(raw, $max));
    };
    ($(#[$doc:meta])* $name:ident, $max:literal, $examples:tt, |$raw:ident| $parse:expr) => {
        $crate::text! {
            $(#[$doc])*
            $name,
            { "minLength": 1, "maxLength": $max, "pattern": $crate::text::ONE_LINE, "examples": $examples },
            |$raw| $parse
        }
    };
}

/// Declares a [`text!`](crate::text!) newtype of several lines, with its highest number of characters and examples.
#[macro_export]
macro_rules! lines {
    ($(#[$doc:meta])* $name:ident, $max:literal, $examples:tt) => {
        $crate::lines!($(#[$doc])* $name, $max, $examples, |raw| $crate::text::multi_line(raw, $max));
    };
    ($(#[$doc:meta])* $name:ident, $max:literal, $examples:tt, |$raw:ident| $parse:expr) => {
        $crate::text! {
            $(#[$doc])*
            $name,
            { "minLength": 1, "maxLength": $max, "pattern": $crate::text::MULTI_LINE, "examples": $examples },
            |$raw| $parse
        }
    };
}

/// Makes a type with `parse(&str) -> Result<Self, Invalid>` readable from requests. Its schema is a string with the
/// given further keywords.
#[macro_export]
macro_rules! edge {
    ($name:ident, $schema:tt) => {
        impl<E> deserr::Deserr<E> for $name
        where
            E: deserr::DeserializeError + deserr::MergeWithError<$crate::Invalid>,
        {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                location: deserr::ValuePointerRef,
            ) -> Result<Self, E> {
                let text = <String as deserr::Deserr<E>>::deserialize_from_value(value, location)?;
                $name::parse(&text)
                    .map_err(|invalid| deserr::take_cf_content(E::merge(None, invalid, location)))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = schemars::json_schema!({ "type": "string" });
                if let serde_json::Value::Object(more) = serde_json::json!($schema) {
                    for (key, value) in more {
                        schema.insert(key, value);
                    }
                }
                schema
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_shows_nothing_is_empty() {
        for raw in [
            "",
            " \t",
            "\u{200b}",
            "\u{2800}\u{2800}",
            "\u{3164}",
            "\u{202e}",
            "\u{feff}",
            "\u{ad}",
            "\u{e0041}",
            "\u{ffff}",
        ] {
            for parse in [one_line, multi_line] {
                assert_eq!(parse(raw, 100).unwrap_err().code, "empty", "{raw:?}");
            }
        }
    }

    #[test]
    fn letters_of_every_script_and_their_joiners_stay() {
        for raw in [
            "קערה",
            "قلم",
            "نامه\u{200c}ها",
            "क\u{94d}\u{200d}ष",
            "🎁",
            "👩\u{200d}👧 mug",
            "❤\u{fe0f}",
            "a\u{200e}b",
            "🏴\u{e0067}\u{e007f}",
        ] {
            assert_eq!(one_line(raw, 100).as_deref(), Ok(raw));
        }
    }

    #[test]
    fn what_turns_the_direction_of_text_and_what_is_no_character_is_removed() {
        for raw in ["Mug \u{202e}evil", "Mug \u{2066}evil\u{2069}", "\u{202b} Mug evil", "Mug\u{fdd0} evil\u{1ffff}"] {
            assert_eq!(one_line(raw, 100).as_deref(), Ok("Mug evil"), "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_parsed_to_itself(raw in "\\PC{0,20}|[\u{200b}-\u{2070}a \u{301}]{0,20}") {
            if let Ok(once) = multi_line(&raw, 40) {
                prop_assert_eq!(multi_line(&once, 40), Ok(once));
            }
        }
    }
}
