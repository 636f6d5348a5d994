//! The dependencies of the functions in this service.

use souk_domain::Currency;

souk_web::deps! {
    /// The table, and the currency of the marketplace.
    pub struct StoreCurrency { store: Store, currency: Currency }
}
