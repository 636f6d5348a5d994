//! The site and its shops.

pub mod custom_domains;
pub mod keys;
#[cfg(test)]
mod shapes;
pub mod shops;
pub mod site;

souk_store::aggregates! {
    /// The site and its shops.
    pub trait ShopsExt {
        /// Shops.
        shops: shops::Shops,
        /// Categories, logo and banners.
        site: site::Site,
        /// Shops' own domains.
        custom_domains: custom_domains::CustomDomains,
    }
}
