//! Failures on request: `POST /_local/faults`. Faults for certain calls do not replace each other.

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
    /// A text that the path or the encoded parameters of a failing call contain. Other calls do not fail.
    #[serde(default)]
    pub(crate) containing: Option<String>,
}

impl Faults {
    /// Tells whether calls like this one fail.
    fn concerns(&self, path: &str, params: &str) -> bool {
        self.containing.as_ref().is_none_or(|text| path.contains(text) || params.contains(text))
    }
}

/// Returns the fault of the call that starts now, if it has one.
pub(crate) fn next(faults: &mut [Faults], path: &str, params: &str) -> Option<Faults> {
    let fault = faults.iter_mut().find(|fault| fault.times > 0 && fault.concerns(path, params))?;
    fault.times -= 1;
    Some(fault.clone())
}
