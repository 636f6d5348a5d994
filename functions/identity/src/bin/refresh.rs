//! Runs [`identity::refresh`].

souk_runtime::main!(identity::refresh::Refresh);
