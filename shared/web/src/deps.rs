//! The dependencies that many functions share, named after what they hold.

use crate::Cursors;

crate::deps! {
    /// The table and the sealer of list cursors.
    pub struct StoreCursors { store: Store, cursors: Cursors }
}
