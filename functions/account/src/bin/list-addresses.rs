//! Runs [`account::list_addresses`].

souk_runtime::main!(account::list_addresses::ListAddresses);
