//! Runs [`bulk::start_import`].

souk_runtime::main!(bulk::start_import::StartImport);
