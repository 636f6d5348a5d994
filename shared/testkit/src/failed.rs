//! Why a step did not work.

use std::{error::Error, fmt};

/// What a step gives.
pub type Result<T = ()> = std::result::Result<T, Failed>;

/// A sentence for whoever reads a failed test. A test that returns it prints it as it is.
pub struct Failed(String);

impl Failed {
    /// A failure in words.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// Says what was being done when it failed.
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
    /// The error with everything that caused it: what matters is often said only at the end.
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
