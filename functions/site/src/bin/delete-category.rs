//! Runs [`site::delete_category`].

souk_runtime::main!(site::delete_category::DeleteCategory);
