//! Products, their SKUs, and where they are listed.

pub mod keys;
pub mod members;
pub mod products;
#[cfg(test)]
mod shapes;

souk_store::aggregates! {
    /// Products and where they are listed.
    pub trait CatalogueExt {
        /// Products and their SKUs.
        products: products::Products,
        /// What is in a category.
        members: members::Members,
    }
}
