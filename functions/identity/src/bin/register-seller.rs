//! Runs [`identity::register_seller`].

souk_runtime::main!(identity::register_seller::RegisterSeller);
