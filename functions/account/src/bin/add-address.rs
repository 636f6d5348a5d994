//! Runs [`account::add_address`].

souk_runtime::main!(account::add_address::AddAddress);
