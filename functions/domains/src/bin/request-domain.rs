//! Runs [`domains::request_domain`].

souk_runtime::main!(domains::request_domain::RequestDomain);
