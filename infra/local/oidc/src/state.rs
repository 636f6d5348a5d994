//! Everything the provider remembers, for as long as it runs.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use crate::{Person, SigningKey, id_token::Flaw};

/// How long a code is good, in seconds.
const CODE_LIFETIME: i64 = 60;

/// The state behind all endpoints. One lock guards it, so every operation is atomic.
pub(crate) struct State {
    /// What signs now.
    pub(crate) key: SigningKey,
    /// What signed before, still published.
    pub(crate) key_before: Option<SigningKey>,
    /// What signs forgeries. Made at the start: making a key takes longer than some clients wait.
    pub(crate) stranger: SigningKey,
    /// Codes that nobody has brought yet.
    pub(crate) grants: HashMap<String, Grant>,
    /// What is wrong with the next ID token for a mail address.
    pub(crate) flaws: HashMap<String, Flaw>,
    pub(crate) counts: Counts,
    /// Seconds by which this provider's clock is ahead of the machine's.
    pub(crate) clock_ahead: i64,
}

/// What a code stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) person: Person,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: i64,
}

/// How often something was asked for.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Counts {
    pub(crate) discovery: u64,
    pub(crate) jwks: u64,
    pub(crate) codes: u64,
    pub(crate) id_tokens: u64,
}

impl State {
    pub(crate) fn new(key: SigningKey, stranger: SigningKey) -> Self {
        Self {
            key,
            key_before: None,
            stranger,
            grants: HashMap::new(),
            flaws: HashMap::new(),
            counts: Counts::default(),
            clock_ahead: 0,
        }
    }

    /// This provider's time in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX) + self.clock_ahead
    }

    /// When a code that is given out now ends.
    pub(crate) fn code_ends(&self) -> i64 {
        self.now() + CODE_LIFETIME
    }

    /// Takes another key; the one before stays published, as tokens signed with it are still about.
    pub(crate) fn rotate(&mut self, key: SigningKey) {
        self.key_before = Some(std::mem::replace(&mut self.key, key));
    }
}
