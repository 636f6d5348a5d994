//! The dependencies that many functions share, named after what they hold.

use crate::{Cursors, MediaUrl};

crate::deps! {
    /// The table and the public address of pictures.
    pub struct StoreMedia { store: Store, media: MediaUrl }

    /// The table and the sealer of list cursors.
    pub struct StoreCursors { store: Store, cursors: Cursors }

    /// The table, the public address of pictures and the sealer of list cursors.
    pub struct StoreMediaCursors { store: Store, media: MediaUrl, cursors: Cursors }
}
