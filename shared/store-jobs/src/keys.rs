//! Every key format of imports and exports.

use souk_domain::{JobId, ShopId};
pub(crate) use souk_store::keys::Key;

/// An import or an export of a shop's products.
pub fn job(shop: ShopId, id: JobId) -> Key {
    Key::new(jobs_of(shop), id.to_string())
}

/// The partition of a shop's imports and exports.
pub fn jobs_of(shop: ShopId) -> String {
    format!("JOBS#{shop}")
}

/// A row that an import refused.
pub fn refused_row(job: JobId, row: u32) -> Key {
    Key::new(refused_rows(job), format!("{row:010}"))
}

/// The partition of the rows that an import refused.
pub fn refused_rows(job: JobId) -> String {
    format!("JOBROWS#{job}")
}
