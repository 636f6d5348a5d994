//! Failures on request: `POST /_local/faults`.

use serde::{Deserialize, Serialize};

/// How the next API calls fail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Faults {
    /// How many calls fail.
    pub(crate) times: u32,
    /// The status of the answer, such as 500, 503 or 429. Without a status the call is only delayed.
    pub(crate) status: Option<u16>,
    /// `true`: the operation takes effect and only its answer is lost. `false`: the operation has no effect.
    #[serde(default)]
    pub(crate) after_effect: bool,
    /// By how much the answer is delayed, in milliseconds.
    #[serde(default)]
    pub(crate) delay_ms: u64,
}

impl Faults {
    /// Returns the fault of the call that starts now, if it has one.
    pub(crate) fn next(&mut self) -> Option<Self> {
        self.times = self.times.checked_sub(1)?;
        Some(self.clone())
    }
}
