//! Runs [`orders::get_order`].

souk_runtime::main!(orders::get_order::GetOrder);
