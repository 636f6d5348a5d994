//! Site: what goes for the whole marketplace: its categories, its logo and its banners.
//!
//! A first deployment puts the categories in; admins change them from then on, each change together with its audit record.
//! What they change counts at once and everywhere, because products name their category and copy nothing of it. Two admins
//! who change the same thing at once do not overwrite each other: a change names the version that it was made for.

pub mod add_category;
pub mod change_category;
pub mod delete_category;
pub mod get_site;
pub mod get_site_settings;
pub mod move_category;
pub mod seed_site;
pub mod set_site_settings;

mod deps;
mod input;
mod view;

souk_web::endpoints![get_site, get_site_settings, set_site_settings, add_category, change_category, delete_category,];
