//! Short lists without duplicates.

use std::{borrow::Cow, ops::Deref};

use deserr::{DeserializeError, Deserr, IntoValue, MergeWithError, Value, ValuePointerRef, take_cf_content};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A list of at most `MAX` different elements. Like the text newtypes, it trusts stored data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Few<T, const MAX: usize>(Vec<T>);

impl<T: PartialEq, const MAX: usize> Few<T, MAX> {
    /// Checks a list.
    ///
    /// # Errors
    /// `too_many`, `duplicate`.
    pub fn parse(list: Vec<T>) -> Result<Self, Invalid> {
        if list.len() > MAX {
            return Err(Invalid::new("too_many", format!("must have at most {MAX} elements")));
        }
        if list.iter().enumerate().any(|(n, element)| list.iter().take(n).any(|before| before == element)) {
            return Err(Invalid::new("duplicate", "must not have the same element twice"));
        }
        Ok(Self(list))
    }

    /// Returns the list.
    pub fn into_inner(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> Default for Few<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> Deref for Few<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a Few<T, MAX> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T, E, const MAX: usize> Deserr<E> for Few<T, MAX>
where
    T: Deserr<E> + PartialEq,
    E: DeserializeError + MergeWithError<Invalid>,
{
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef) -> Result<Self, E> {
        let list = Vec::deserialize_from_value(value, location)?;
        Self::parse(list).map_err(|invalid| take_cf_content(E::merge(None, invalid, location)))
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for Few<T, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("AtMost{MAX}Of{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let elements = generator.subschema_for::<T>();
        schemars::json_schema!({ "type": "array", "items": elements, "maxItems": MAX, "uniqueItems": true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_has_at_most_max_elements_and_no_duplicates() {
        assert_eq!(&*Few::<u8, 3>::parse(vec![3, 1, 2]).unwrap(), [3, 1, 2]);
        assert_eq!(Few::<u8, 3>::parse(vec![1, 2, 3, 4]).unwrap_err().code, "too_many");
        assert_eq!(Few::<u8, 3>::parse(vec![1, 2, 1]).unwrap_err().code, "duplicate");
        assert!(Few::<u8, 3>::default().is_empty());
    }
}
