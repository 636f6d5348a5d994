//! The JSON of a body. `serde_json` keeps the last of two values with one name, and other parsers the first, so a body with
//! a repeated name is refused.

use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Code, FieldError, FieldErrors, Problem, fields::escape};

/// Reads a body.
///
/// # Errors
/// `malformed_json`, and `invalid_input` with an error for each name that an object has more than once.
pub(crate) fn read(body: &[u8]) -> Result<Value, Problem> {
    let (mut pointer, mut errors) = (String::new(), FieldErrors::default());
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = Reader { pointer: &mut pointer, errors: &mut errors }.deserialize(&mut json);
    let value = value.and_then(|value| json.end().map(|()| value)).map_err(|error| {
        let detail = format!("line {}, column {}", error.line(), error.column());
        Problem::new(Code::MalformedJson).detail(detail)
    })?;
    if errors.0.is_empty() { Ok(value) } else { Err(errors.into()) }
}

/// Reads one value. Collects the repeated names.
struct Reader<'a> {
    /// The place of the value.
    pointer: &'a mut String,
    errors: &'a mut FieldErrors,
}

impl Reader<'_> {
    /// Returns the reader of a value within this one.
    fn within(&mut self) -> Reader<'_> {
        Reader { pointer: self.pointer, errors: self.errors }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Value, A::Error> {
        let (mut values, length) = (Vec::new(), self.pointer.len());
        loop {
            let _ = write!(self.pointer, "/{}", values.len());
            let value = elements.next_element_seed(self.within())?;
            self.pointer.truncate(length);
            match value {
                Some(value) => values.push(value),
                None => return Ok(values.into()),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<Value, A::Error> {
        let (mut values, length) = (Map::new(), self.pointer.len());
        while let Some(name) = fields.next_key::<String>()? {
            let _ = write!(self.pointer, "/{}", escape(&name));
            let value = fields.next_value_seed(self.within())?;
            if values.insert(name, value).is_some() {
                self.errors.0.push(FieldError::new(&**self.pointer, "duplicate", "must not occur twice in its object"));
            }
            self.pointer.truncate(length);
        }
        Ok(values.into())
    }
}
