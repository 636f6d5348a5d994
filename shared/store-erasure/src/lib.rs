//! What goes with an account or a shop. The last of the contexts: it knows all others, and none knows it.

pub mod erasure;
mod keys;
mod shops;

souk_store::aggregates! {
    /// What goes with an account or a shop.
    pub trait ErasureExt {
        /// What goes with an account or a shop.
        erasure: erasure::Erasure,
    }
}
