//! What these rooms need.

use souk_domain::Currency;
use souk_web::Cursors;

souk_web::deps! {
    /// The table, and the currency that the marketplace runs in.
    pub struct Desk { store: Store, currency: Currency }

    /// The table and the cursors of its list.
    pub struct Drawer { store: Store, cursors: Cursors }
}
