//! What people are told, and the sockets over which they are told at once.

pub mod keys;
pub mod notifications;
#[cfg(test)]
mod shapes;
pub mod sockets;

souk_store::aggregates! {
    /// Notifications and sockets.
    pub trait LiveExt {
        /// What people were told, and how they want to be told.
        notifications: notifications::Notifications,
        /// Open sockets and the tickets that open them.
        sockets: sockets::Sockets,
    }
}
