//! The failure of a step in a test.

use std::{error::Error, fmt};

/// The result of a step.
pub type Result<T = ()> = std::result::Result<T, Failed>;

/// Says in words why a step failed. A test that returns it prints the text as it is.
pub struct Failed(String);

impl Failed {
    /// Creates a failure.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// Adds what was being done when it failed.
    #[must_use]
    pub fn during(self, what: impl fmt::Display) -> Self {
        Self(format!("{what}: {}", self.0))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Failed {
    /// Keeps the whole chain of causes: the last one is often the one that matters.
    fn from(error: E) -> Self {
        let mut words = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            words.push_str(&format!(": {error}"));
            cause = error.source();
        }
        Self(words)
    }
}
