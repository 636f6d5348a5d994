//! Runs [`domains::get_domain`].

souk_runtime::main!(domains::get_domain::GetDomain);
