//! The types of query parameters that are more than a text.

use std::{borrow::Cow, ops::Deref};

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use souk_domain::{Few, Invalid};

use crate::FieldErrors;

/// A boolean parameter: `?in_stock=true`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Flag {
    /// Parses the parameter.
    ///
    /// # Errors
    /// `malformed`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        raw.parse().map(Self).map_err(|_| Invalid::new("malformed", "must be true or false"))
    }
}

souk_domain::edge!(Flag, { "type": "boolean" });

/// The largest number of values of one parameter.
const MOST: usize = 20;

/// 1 to 20 different values, separated by commas: `?colour=Blue,Red`. A comma in a value is written `\,`, and a
/// backslash `\\`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several<T>(Few<T, MOST>);

impl<T> Deref for Several<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Deserr<FieldErrors> + PartialEq> Deserr<FieldErrors> for Several<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text: String = Deserr::<FieldErrors>::deserialize_from_value(value, location)?;
        let values = serde_json::Value::from(split(&text));
        Few::deserialize_from_value(values.into_value(), location).map(Self)
    }
}

impl<T: JsonSchema> JsonSchema for Several<T> {
    fn schema_name() -> Cow<'static, str> {
        Few::<T, MOST>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Few::<T, MOST>::json_schema(generator);
        // An empty parameter is one empty value and not an empty list.
        schema.insert("minItems".to_owned(), 1.into());
        schema
    }
}

fn split(text: &str) -> Vec<String> {
    let (mut values, mut value, mut chars) = (Vec::new(), String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            ',' => values.push(std::mem::take(&mut value)),
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    values.push(value);
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_stand_between_commas_unless_a_backslash_says_otherwise() {
        assert_eq!(split("Blue,Red"), ["Blue", "Red"]);
        assert_eq!(split(r"Black\, Decker & Co,C:\\"), ["Black, Decker & Co", r"C:\"]);
        assert_eq!(split(",\\"), ["", ""]);
    }

    proptest! {
        #[test]
        fn whatever_the_values_are_they_come_back(values in prop::collection::vec(".{0,9}", 1..5)) {
            let escaped: Vec<String> = values.iter().map(|v| v.replace('\\', r"\\").replace(',', r"\,")).collect();
            prop_assert_eq!(split(&escaped.join(",")), values);
        }
    }
}
