//! Runs [`site::set_site_settings`].

souk_runtime::main!(site::set_site_settings::SetSiteSettings);
