//! Runs [`site::move_category`].

souk_runtime::main!(site::move_category::MoveCategory);
