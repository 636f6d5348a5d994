//! Notifications, and the sockets over which they are pushed.

pub mod keys;
pub mod notifications;
#[cfg(test)]
mod shapes;
pub mod sockets;

souk_store::aggregates! {
    /// The aggregates of notifications and sockets.
    pub trait LiveExt {
        /// Notifications and their settings.
        notifications: notifications::Notifications,
        /// Open sockets and the tickets that open them.
        sockets: sockets::Sockets,
    }
}
