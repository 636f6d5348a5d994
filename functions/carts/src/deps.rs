//! The dependencies of the functions in this service.

use souk_domain::Currency;
use souk_views::MediaUrl;

souk_web::deps! {
    /// The table, the public address of pictures and the currency of the marketplace.
    pub struct StoreMediaCurrency { store: Store, media: MediaUrl, currency: Currency }
}
