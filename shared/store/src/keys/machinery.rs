//! What the machinery remembers: answers, limits, events, leases.

use souk_domain::{EventId, Principal};

use super::{IndexKey, Key};

/// An answer to repeat.
pub fn idempotency(principal: Principal, operation: &str, key: &str) -> Key {
    Key::new(format!("IDEM#{principal}#{operation}#{key}"), "IDEM")
}

/// A rate limit's state for one caller.
pub fn limit(name: &str, who: &str) -> Key {
    Key::new(format!("LIMIT#{name}#{who}"), "LIMIT")
}

/// The public keys of the access tokens.
pub fn keyring() -> Key {
    Key::new("KEYS".to_owned(), "KEYS")
}

/// An event on its way to the queues.
pub fn outbox(id: EventId) -> Key {
    Key::new(format!("OUTBOX#{id}"), "OUTBOX")
}

/// A place among the events that are not relayed yet, oldest first.
pub fn among_outbox(id: EventId) -> IndexKey {
    IndexKey { list: outbox_index(), at: id.to_string() }
}

/// The list of all events that are not relayed yet.
pub fn outbox_index() -> String {
    "OUTBOX".to_owned()
}

/// What a consumer does at most once.
pub fn claim(consumer: &str, task: &str) -> Key {
    Key::new(format!("DONE#{consumer}#{task}"), "DONE")
}
