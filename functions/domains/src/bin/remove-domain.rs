//! Runs [`domains::remove_domain`].

souk_runtime::main!(domains::remove_domain::RemoveDomain);
