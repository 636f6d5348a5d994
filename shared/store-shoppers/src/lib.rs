//! What shoppers keep: addresses, wishlists, views, follows.

pub mod addresses;
pub mod follows;
pub mod keys;
#[cfg(test)]
mod shapes;
pub mod views;
pub mod wishlists;

souk_store::aggregates! {
    /// The aggregates of what shoppers keep.
    pub trait ShoppersExt {
        /// Shoppers' addresses.
        addresses: addresses::Addresses,
        /// Wishlists.
        wishlists: wishlists::Wishlists,
        /// Follows.
        follows: follows::Follows,
        /// Views: the products that shoppers viewed last.
        views: views::Views,
    }
}
