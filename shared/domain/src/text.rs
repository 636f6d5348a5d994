//! Parsing text from outside.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

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

/// Trims and NFC-normalises text of one line with 1 to `max` graphemes and without control characters. Graphemes are
/// what a reader counts as characters: an emoji with a skin tone is one grapheme and has several bytes.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn one_line(raw: &str, max: usize) -> Result<String, Invalid> {
    let text: String = raw.trim().nfc().collect();
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("control_character", "must not contain line breaks or control characters"));
    }
    bounded(text, max)
}

/// Like [`one_line`], but line breaks and tabs are kept.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn multi_line(raw: &str, max: usize) -> Result<String, Invalid> {
    let text: String = raw.trim().nfc().collect();
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Invalid::new("control_character", "must not contain control characters"));
    }
    bounded(text, max)
}

fn bounded(text: String, max: usize) -> Result<String, Invalid> {
    if text.is_empty() {
        return Err(Invalid::new("empty", "must not be empty"));
    }
    // A text has at most as many graphemes as bytes, so most texts are accepted without segmentation.
    if text.len() > max && text.graphemes(true).count() > max {
        return Err(Invalid::new("too_long", format!("must have at most {max} characters")));
    }
    Ok(text)
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
