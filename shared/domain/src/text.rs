//! How text from outside becomes a value of ours.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Why a value was refused, for the person or program that sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// Stable and machine-readable: `too_long`, `malformed`, ...
    pub code: &'static str,
    /// One sentence for a developer. Never repeats the refused value: it may be a password.
    pub detail: Cow<'static, str>,
}

impl Invalid {
    /// A refusal with its stable code and one sentence.
    pub fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// Trimmed, NFC-normalised text of `1..=max` graphemes without control characters. What a reader counts as characters
/// are graphemes: an emoji with a skin tone is one, not seven bytes.
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

/// Like [`one_line`], but line breaks and tabs may stay.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn many_lines(raw: &str, max: usize) -> Result<String, Invalid> {
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
    // A byte is never more than a grapheme, so most texts are settled without segmenting them.
    if text.len() > max && text.graphemes(true).count() > max {
        return Err(Invalid::new("too_long", format!("must have at most {max} characters")));
    }
    Ok(text)
}

/// Declares a text newtype with a private field that only its `parse` can fill.
///
/// It reads from requests with the refusal of `parse` at its JSON pointer, writes itself as a string, describes itself
/// in the API document, and trusts what the table gives back: a rule that is tightened later must not make stored data
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

            /// The text.
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

/// Lets a type with `parse(&str) -> Result<Self, Invalid>` be read from requests, and describes it as a JSON string
/// with the given further schema.
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
