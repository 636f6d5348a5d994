//! The state of the provider, in memory.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use crate::{Person, SigningKey, id_token::Flaw};

/// How long a code is valid, in seconds.
const CODE_LIFETIME: i64 = 60;

/// The state behind all endpoints. One lock guards it, so every operation is atomic.
pub(crate) struct State {
    /// The key that signs.
    pub(crate) key: SigningKey,
    /// The previous key, which is still published.
    pub(crate) previous_key: Option<SigningKey>,
    /// The key that signs forgeries. It is generated at the start, because that takes longer than some clients wait.
    pub(crate) forger: SigningKey,
    /// The codes that were not redeemed yet, with their grants.
    pub(crate) grants: HashMap<String, Grant>,
    /// The flaw of the next ID token by mail address.
    pub(crate) flaws: HashMap<String, Flaw>,
    pub(crate) counts: Counts,
    /// How many seconds the clock is ahead of the machine's.
    pub(crate) clock_ahead: i64,
}

/// What a code grants.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) person: Person,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: i64,
}

/// The number of requests by kind.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Counts {
    pub(crate) discovery: u64,
    pub(crate) jwks: u64,
    pub(crate) codes: u64,
    pub(crate) id_tokens: u64,
}

impl State {
    pub(crate) fn new(key: SigningKey, forger: SigningKey) -> Self {
        Self {
            key,
            previous_key: None,
            forger,
            grants: HashMap::new(),
            flaws: HashMap::new(),
            counts: Counts::default(),
            clock_ahead: 0,
        }
    }

    /// Returns the provider's time in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX) + self.clock_ahead
    }

    /// Returns when a code that is issued now expires.
    pub(crate) fn code_expiry(&self) -> i64 {
        self.now() + CODE_LIFETIME
    }

    /// Replaces the key. The previous one stays published, because its tokens are still in use.
    pub(crate) fn rotate(&mut self, key: SigningKey) {
        self.previous_key = Some(std::mem::replace(&mut self.key, key));
    }
}
