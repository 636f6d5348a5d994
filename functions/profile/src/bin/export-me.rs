//! Runs [`profile::export_me`].

souk_runtime::main!(profile::export_me::ExportMe);
