//! Runs [`catalogue::adjust_stock`].

souk_runtime::main!(catalogue::adjust_stock::AdjustStock);
