//! Runs [`profile::update_me`].

souk_runtime::main!(profile::update_me::UpdateMe);
