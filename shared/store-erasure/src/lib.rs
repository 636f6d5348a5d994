//! The erasure of what belongs to an account or a shop. This is the last of the contexts: it depends on all others, and
//! none depends on it.

pub mod erasure;
mod keys;
mod shops;

souk_store::aggregates! {
    /// The erasure of accounts and shops.
    pub trait ErasureExt {
        /// The erasure of accounts and shops.
        erasure: erasure::Erasure,
    }
}
