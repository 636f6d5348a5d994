//! Runs [`identity::logout_everywhere`].

souk_runtime::main!(identity::logout_everywhere::LogoutEverywhere);
