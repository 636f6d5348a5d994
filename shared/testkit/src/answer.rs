//! What the API answered.

use std::{fmt, time::Duration};

use reqwest::header::HeaderMap;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Failed, Result};

/// An answer of the API. It has been held against the API document.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked: `POST /v1/shops`.
    pub asked: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null when it is empty or no JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
    /// From the first byte out to the last byte in.
    pub took: Duration,
}

/// One field that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldError {
    /// Where.
    pub pointer: String,
    /// What is wrong with it.
    pub code: String,
}

impl Answer {
    /// Insists on a success.
    ///
    /// # Errors
    /// With the whole answer, when it is none.
    pub fn succeeded(self) -> Result<Self> {
        if self.status < 400 { Ok(self) } else { Err(Failed::new(format!("a success was expected\n{self}"))) }
    }

    /// Insists on a refusal with this code and this status.
    ///
    /// # Errors
    /// With the whole answer, when it is another one.
    pub fn refused_with(self, code: &str, status: u16) -> Result<Self> {
        if self.status == status && self.code() == Some(code) {
            return Ok(self);
        }
        Err(Failed::new(format!("a refusal with {status} {code} was expected\n{self}")))
    }

    /// Why it was refused, for programs.
    pub fn code(&self) -> Option<&str> {
        self.body["code"].as_str()
    }

    /// The fields that were refused, sorted by pointer.
    pub fn field_errors(&self) -> Vec<(String, String)> {
        let errors: Vec<FieldError> = serde_json::from_value(self.body["errors"].clone()).unwrap_or_default();
        let mut errors: Vec<_> = errors.into_iter().map(|error| (error.pointer, error.code)).collect();
        errors.sort();
        errors
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Reads the body of a success.
    ///
    /// # Errors
    /// With the whole answer, when it is a refusal or has another shape.
    pub fn read<T: DeserializeOwned>(self) -> Result<T> {
        let answer = self.succeeded()?;
        T::deserialize(&answer.body)
            .map_err(|error| Failed::from(error).during(format!("an unexpected body\n{answer}")))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} -> {} in {:?}", self.asked, self.status, self.took)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {}", value.to_str().unwrap_or("(not text)"))?;
        }
        write!(f, "  {}", self.text)
    }
}
