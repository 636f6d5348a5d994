//! What these functions need.

use souk_domain::Currency;

souk_web::deps! {
    /// The table, and the currency that the marketplace runs in.
    pub struct StoreCurrency { store: Store, currency: Currency }
}
