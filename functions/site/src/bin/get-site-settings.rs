//! Runs [`site::get_site_settings`].

souk_runtime::main!(site::get_site_settings::GetSiteSettings);
