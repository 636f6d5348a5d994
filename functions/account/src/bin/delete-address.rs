//! Runs [`account::delete_address`].

souk_runtime::main!(account::delete_address::DeleteAddress);
