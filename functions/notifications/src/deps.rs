//! The dependencies of the functions in this service.

use souk_live::Pusher;

souk_web::deps! {
    /// The table, and the client that pushes frames to sockets.
    pub struct StorePusher { store: Store, pusher: Pusher }
}
