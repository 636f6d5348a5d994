//! Runs [`catalogue::count_sales`].

souk_runtime::main!(catalogue::count_sales::CountSales);
