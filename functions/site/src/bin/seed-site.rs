//! Runs [`site::seed_site`].

souk_runtime::main!(site::seed_site::SeedSite);
