//! Runs [`account::set_default_address`].

souk_runtime::main!(account::set_default_address::SetDefaultAddress);
