//! Runs [`site::add_category`].

souk_runtime::main!(site::add_category::AddCategory);
