//! Site: what concerns the whole marketplace: its categories, its logo and its banners.
//!
//! The first deployment creates the categories. From then on admins change them; each change is written together with
//! its audit record. A change takes effect at once and everywhere, because products name their category and copy
//! nothing of it. Two admins who change the same thing do not overwrite each other: a change names the version that it
//! is based on.

mod category_form;
mod deps;
mod endpoints;
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
