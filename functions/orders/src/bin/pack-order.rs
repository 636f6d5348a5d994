//! Runs [`orders::pack_order`].

souk_runtime::main!(orders::pack_order::PackOrder);
