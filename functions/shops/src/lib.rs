//! Shops. A seller has one shop, and never a second one. A deleted shop can be restored for 28 days.
//!
//! Products hold copies of what they show of their shop. Every change of these values sends an event to [`sync_shop`],
//! which updates the copies.

mod deps;
mod endpoints;
mod form;
mod settings;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        create_shop::CreateShop,
        get_own_shop::GetOwnShop,
        edit_shop::EditShop,
        delete_shop::DeleteShop,
        restore_shop::RestoreShop,
        get_shop_settings::GetShopSettings,
        set_shop_settings::SetShopSettings,
        list_followers::ListFollowers,
        list_shops::ListShops,
        list_top_shops::ListTopShops,
        get_shop::GetShop,
        get_shop_by_domain::GetShopByDomain,
    ],
    consumers: [
        sync_shop::SyncShop,
    ],
    schedules: [
        purge_shops::PurgeShops,
    ],
}
