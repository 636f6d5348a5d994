//! The HTTP endpoints of this service, in reading order.

pub mod add_category;
pub mod change_category;
pub mod delete_category;
pub mod get_site;
pub mod get_site_settings;
pub mod set_site_settings;
