//! Every key of the store, by the contexts' own functions.

pub use souk_store::keys::*;
pub use souk_store_catalogue::keys::*;
pub use souk_store_identity::keys::*;
pub use souk_store_jobs::keys::*;
pub use souk_store_live::keys::*;
pub use souk_store_media::keys::*;
pub use souk_store_sales::keys::*;
pub use souk_store_shoppers::keys::*;
pub use souk_store_shops::keys::*;
