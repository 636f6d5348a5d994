//! What the machinery remembers: answers, limits, sockets, notifications, events.

use souk_domain::{EventId, NotificationId, Principal};

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

/// A ticket to open a socket, by the hash of what the client holds.
pub fn ticket(hash: &str) -> Key {
    Key::new(format!("TICKET#{hash}"), "TICKET")
}

/// An open socket.
pub fn socket(connection: &str) -> Key {
    Key::new(format!("SOCKET#{connection}"), "SOCKET")
}

/// An open socket in the list of its owner's.
pub fn live(principal: Principal, connection: &str) -> Key {
    Key::new(live_partition(principal), format!("SOCKET#{connection}"))
}

/// The list of a principal's open sockets.
pub fn live_partition(principal: Principal) -> String {
    format!("LIVE#{principal}")
}

/// What somebody was told of an event.
pub fn notification(owner: Principal, id: NotificationId) -> Key {
    Key::new(notifications_of(owner), id.to_string())
}

/// The partition of what somebody was told.
pub fn notifications_of(owner: Principal) -> String {
    format!("NOTIFICATIONS#{owner}")
}

/// How much of what they were told somebody has not read.
pub fn inbox(owner: Principal) -> Key {
    Key::new(format!("INBOX#{owner}"), "INBOX")
}

/// How somebody wants to be told.
pub fn notification_settings(owner: Principal) -> Key {
    Key::new(format!("INBOX#{owner}"), "SETTINGS")
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
