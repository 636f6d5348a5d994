//! Runs [`domains::check_domains`].

souk_runtime::main!(domains::check_domains::CheckDomains);
