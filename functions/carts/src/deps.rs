//! What these functions need.

use souk_domain::Currency;
use souk_views::MediaUrl;

souk_web::deps! {
    /// The table, the media address, and the currency that the marketplace runs in.
    pub struct StoreMediaCurrency { store: Store, media: MediaUrl, currency: Currency }
}
