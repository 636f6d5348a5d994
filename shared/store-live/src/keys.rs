//! Every key format of notifications and sockets.

use souk_domain::{NotificationId, Principal};
pub(crate) use souk_store::keys::Key;

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
