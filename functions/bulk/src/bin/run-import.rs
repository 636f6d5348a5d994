//! Runs [`bulk::run_import`].

souk_runtime::main!(bulk::run_import::RunImport);
