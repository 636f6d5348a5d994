//! Runs [`orders::cancel_order`].

souk_runtime::main!(orders::cancel_order::CancelOrder);
