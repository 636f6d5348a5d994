//! Runs [`identity::verify_seller`].

souk_runtime::main!(identity::verify_seller::VerifySeller);
