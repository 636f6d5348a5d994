//! What these functions need.

use souk_live::Pusher;

souk_web::deps! {
    /// The table and the sockets.
    pub struct StorePusher { store: Store, pusher: Pusher }
}
