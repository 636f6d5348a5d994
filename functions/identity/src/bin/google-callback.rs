//! Runs [`identity::google_callback`].

souk_runtime::main!(identity::google_callback::GoogleCallback);
