//! Runs [`bulk::start_export`].

souk_runtime::main!(bulk::start_export::StartExport);
