//! What these rooms need.

use souk_web::MediaUrl;

souk_web::deps! {
    /// The table, and where pictures are.
    pub struct Mirror { store: Store, media: MediaUrl }
}
