//! Runs [`account::change_address`].

souk_runtime::main!(account::change_address::ChangeAddress);
