//! The dependencies of functions that answer pictures, named after what they hold.

use souk_web::Cursors;

use crate::MediaUrl;

souk_web::deps! {
    /// The table and the public address of pictures.
    pub struct StoreMedia { store: Store, media: MediaUrl }

    /// The table, the public address of pictures and the sealer of list cursors.
    pub struct StoreMediaCursors { store: Store, media: MediaUrl, cursors: Cursors }
}
