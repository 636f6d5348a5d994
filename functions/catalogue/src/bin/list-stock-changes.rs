//! Runs [`catalogue::list_stock_changes`].

souk_runtime::main!(catalogue::list_stock_changes::ListStockChanges);
