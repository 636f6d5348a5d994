//! Runs [`profile::erase_account`].

souk_runtime::main!(profile::erase_account::EraseAccount);
