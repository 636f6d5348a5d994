//! Runs [`site::get_site`].

souk_runtime::main!(site::get_site::GetSite);
