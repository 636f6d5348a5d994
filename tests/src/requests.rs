//! The requests in `events/`, for tests that go through all operations.

use std::fs;

use serde_json::Value;
use souk_testkit::{Operation, Result};

/// What stands in `events/` for an operation.
#[derive(Debug, Clone)]
pub struct Example(Value);

impl Example {
    /// The example of an operation.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(operation: &Operation) -> Result<Self> {
        let file = format!("{}/../events/{}.json", env!("CARGO_MANIFEST_DIR"), operation.id.replace('_', "-"));
        Ok(Self(serde_json::from_str(&fs::read_to_string(file)?)?))
    }

    /// The parameters of its path.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts("pathParameters")
    }

    /// The parameters of its query.
    pub fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts("queryStringParameters")
    }

    fn texts(&self, of: &str) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.0[of].as_object().into_iter().flatten();
        texts.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }

    /// Its body.
    pub fn body(&self) -> Option<&str> {
        self.0["body"].as_str()
    }
}
