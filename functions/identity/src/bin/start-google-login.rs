//! Runs [`identity::start_google_login`].

souk_runtime::main!(identity::start_google_login::StartGoogleLogin);
