//! What shoppers keep: addresses, wishlists, what they looked at, and whom they follow.

pub mod addresses;
pub mod follows;
pub mod keys;
#[cfg(test)]
mod shapes;
pub mod views;
pub mod wishlists;

souk_store::aggregates! {
    /// What shoppers keep.
    pub trait ShoppersExt {
        /// Shoppers' addresses.
        addresses: addresses::Addresses,
        /// Wishlists.
        wishlists: wishlists::Wishlists,
        /// Who follows which shop.
        follows: follows::Follows,
        /// What shoppers looked at last.
        views: views::Views,
    }
}
