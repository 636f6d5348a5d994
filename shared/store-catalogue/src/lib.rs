//! Products, their SKUs, and the lists in which they stand.

pub mod keys;
pub mod members;
pub mod products;
#[cfg(test)]
mod shapes;

souk_store::aggregates! {
    /// The aggregates of the catalogue.
    pub trait CatalogueExt {
        /// Products and their SKUs.
        products: products::Products,
        /// Members of categories.
        members: members::Members,
    }
}
