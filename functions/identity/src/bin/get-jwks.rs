//! Runs [`identity::get_jwks`].

souk_runtime::main!(identity::get_jwks::GetJwks);
