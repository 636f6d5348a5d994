//! Runs [`profile::get_me`].

souk_runtime::main!(profile::get_me::GetMe);
