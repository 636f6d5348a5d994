//! Runs [`site::change_category`].

souk_runtime::main!(site::change_category::ChangeCategory);
