//! Every key format of notifications and sockets.

use souk_domain::{NotificationId, Principal};
pub(crate) use souk_store::keys::Key;

/// A ticket that opens a socket, by the hash of its secret.
pub fn ticket(hash: &str) -> Key {
    Key::new(format!("TICKET#{hash}"), "TICKET")
}

/// An open socket.
pub fn socket(connection: &str) -> Key {
    Key::new(format!("SOCKET#{connection}"), "SOCKET")
}

/// An open socket in its owner's list.
pub fn live(principal: Principal, connection: &str) -> Key {
    Key::new(live_partition(principal), format!("SOCKET#{connection}"))
}

/// The partition of a principal's open sockets.
pub fn live_partition(principal: Principal) -> String {
    format!("LIVE#{principal}")
}

/// A principal's notification of an event.
pub fn notification(owner: Principal, id: NotificationId) -> Key {
    Key::new(notifications_of(owner), id.to_string())
}

/// The partition of a principal's notifications.
pub fn notifications_of(owner: Principal) -> String {
    format!("NOTIFICATIONS#{owner}")
}

/// A principal's inbox: the count of unread notifications.
pub fn inbox(owner: Principal) -> Key {
    Key::new(format!("INBOX#{owner}"), "INBOX")
}

/// A principal's notification settings.
pub fn notification_settings(owner: Principal) -> Key {
    Key::new(format!("INBOX#{owner}"), "SETTINGS")
}
