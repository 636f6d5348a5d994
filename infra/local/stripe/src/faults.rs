//! Failures on order: `POST /_local/faults`.

use serde::{Deserialize, Serialize};

/// How the next API calls fail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Faults {
    /// How many calls are concerned.
    pub(crate) times: u32,
    /// The status they get, such as 500, 503 or 429; nothing else is wrong when it is absent.
    pub(crate) status: Option<u16>,
    /// `true`: the work is done and only its answer is lost. `false`: nothing is done.
    #[serde(default)]
    pub(crate) after_effect: bool,
    /// How long the caller waits for the answer.
    #[serde(default)]
    pub(crate) delay_ms: u64,
}

impl Faults {
    /// What is wrong with the call that begins now.
    pub(crate) fn next(&mut self) -> Option<Self> {
        self.times = self.times.checked_sub(1)?;
        Some(self.clone())
    }
}
