//! What the infrastructure of functions stores: answers, limits, events, leases.

use souk_domain::{EventId, Principal};

use super::{IndexKey, Key};

/// A stored answer.
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

/// An outbox record.
pub fn outbox(id: EventId) -> Key {
    Key::new(format!("OUTBOX#{id}"), "OUTBOX")
}

/// A position among the outbox records, oldest first.
pub fn among_outbox(id: EventId) -> IndexKey {
    IndexKey { list: outbox_index(), at: id.to_string() }
}

/// The list of all outbox records.
pub fn outbox_index() -> String {
    "OUTBOX".to_owned()
}

/// A lease on a task.
pub fn lease(consumer: &str, task: &str) -> Key {
    Key::new(format!("DONE#{consumer}#{task}"), "DONE")
}
