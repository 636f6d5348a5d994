//! Site: what goes for the whole marketplace: its categories, its logo and its banners.
//!
//! A first deployment puts the categories in; admins change them from then on, each change together with its audit record.
//! What they change counts at once and everywhere, because products name their category and copy nothing of it. Two admins
//! who change the same thing at once do not overwrite each other: a change names the version that it was made for.

mod deps;
mod endpoints;
mod input;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        get_site::GetSite,
        get_site_settings::GetSiteSettings,
        set_site_settings::SetSiteSettings,
        add_category::AddCategory,
        change_category::ChangeCategory,
        delete_category::DeleteCategory,
    ],
    consumers: [
        move_category::MoveCategory,
    ],
    deployments: [
        seed_site::SeedSite,
    ],
}
