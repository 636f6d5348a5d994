//! Answers of the API.

use std::{fmt, time::Duration};

use reqwest::header::HeaderMap;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Failed, Result};

/// An answer of the API. It has been checked against the API document.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request's method and path: `POST /v1/shops`.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null if it is empty or not JSON.
    pub body: Value,
    /// The body as text.
    pub text: String,
    /// The time from the first byte sent to the last byte received.
    pub took: Duration,
}

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldError {
    /// The JSON pointer of the field.
    pub pointer: String,
    /// The code of the error.
    pub code: String,
}

impl Answer {
    /// Requires a success.
    ///
    /// # Errors
    /// Fails with the whole answer if it is a refusal.
    pub fn succeeded(self) -> Result<Self> {
        if self.status < 400 { Ok(self) } else { Err(Failed::new(format!("expected a success\n{self}"))) }
    }

    /// Requires a refusal with this code and this status.
    ///
    /// # Errors
    /// Fails with the whole answer if it is a different one.
    pub fn refused_with(self, code: &str, status: u16) -> Result<Self> {
        if self.status == status && self.code() == Some(code) {
            return Ok(self);
        }
        Err(Failed::new(format!("expected a refusal with {status} {code}\n{self}")))
    }

    /// Returns the problem's code.
    pub fn code(&self) -> Option<&str> {
        self.body["code"].as_str()
    }

    /// Returns the refused fields as pairs of pointer and code, sorted by pointer.
    pub fn field_errors(&self) -> Vec<(String, String)> {
        let errors: Vec<FieldError> = serde_json::from_value(self.body["errors"].clone()).unwrap_or_default();
        let mut errors: Vec<_> = errors.into_iter().map(|error| (error.pointer, error.code)).collect();
        errors.sort();
        errors
    }

    /// Returns a header if it exists and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Deserializes the body of a success.
    ///
    /// # Errors
    /// Fails with the whole answer if it is a refusal or has another shape.
    pub fn read<T: DeserializeOwned>(self) -> Result<T> {
        let answer = self.succeeded()?;
        T::deserialize(&answer.body)
            .map_err(|error| Failed::from(error).during(format!("an unexpected body\n{answer}")))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} -> {} in {:?}", self.request, self.status, self.took)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {}", value.to_str().unwrap_or("(not text)"))?;
        }
        write!(f, "  {}", self.text)
    }
}
