//! What these rooms need.

use souk_live::Pusher;
use souk_web::Cursors;

souk_web::deps! {
    /// The table and the cursors of its list.
    pub struct Register { store: Store, cursors: Cursors }

    /// The table and the sockets.
    pub struct Crier { store: Store, pusher: Pusher }
}
