//! The example requests in `events/`, for tests that go through all operations.

use std::fs;

use serde_json::Value;
use souk_testkit::{Operation, Result};

/// The example event of an operation, from `events/`.
#[derive(Debug, Clone)]
pub struct Example(Value);

impl Example {
    /// Reads the example of an operation.
    ///
    /// # Errors
    /// Fails if there is no example.
    pub fn of(operation: &Operation) -> Result<Self> {
        let file = format!("{}/../events/{}.json", env!("CARGO_MANIFEST_DIR"), operation.id.replace('_', "-"));
        Ok(Self(serde_json::from_str(&fs::read_to_string(file)?)?))
    }

    /// Returns the path parameters.
    pub fn path_parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts("pathParameters")
    }

    /// Returns the query parameters.
    pub fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts("queryStringParameters")
    }

    fn texts(&self, of: &str) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.0[of].as_object().into_iter().flatten();
        texts.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }

    /// Returns the body.
    pub fn body(&self) -> Option<&str> {
        self.0["body"].as_str()
    }
}
