//! Parsing text from outside.

use std::borrow::Cow;

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

/// The pattern of [`one_line`] in JSON Schema: white space, a visible character, and no control character before the white
/// space at the end.
pub const ONE_LINE: &str = concat!("^", space!(), "*", visible!(), r"[^\u0000-\u001f\u007f-\u009f]*", space!(), "*$");

/// The pattern of [`multi_line`] in JSON Schema.
pub const MULTI_LINE: &str =
    concat!("^", space!(), "*", visible!(), r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*", space!(), "*$");

/// Trims and NFC-normalises text of one line with 1 to `max` characters and without control characters. Characters are
/// Unicode code points, as JSON Schema counts them. White space at the ends counts too, so that `maxLength` says the same.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn one_line(raw: &str, max: usize) -> Result<String, Invalid> {
    let text: String = raw.trim().nfc().collect();
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("control_character", "must not contain line breaks or control characters"));
    }
    bounded(raw, text, max)
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
    bounded(raw, text, max)
}

fn bounded(raw: &str, text: String, max: usize) -> Result<String, Invalid> {
    if text.is_empty() {
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
