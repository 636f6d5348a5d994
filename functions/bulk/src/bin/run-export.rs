//! Runs [`bulk::run_export`].

souk_runtime::main!(bulk::run_export::RunExport);
