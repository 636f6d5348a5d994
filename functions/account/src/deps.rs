//! What these rooms need.

use souk_web::{Cursors, MediaUrl};

souk_web::deps! {
    /// The table and the media address.
    pub struct Shelf { store: Store, media: MediaUrl }

    /// The same, and the cursors of its list.
    pub struct LongShelf { store: Store, media: MediaUrl, cursors: Cursors }

    /// The table and the cursors of a list.
    pub struct Register { store: Store, cursors: Cursors }
}
