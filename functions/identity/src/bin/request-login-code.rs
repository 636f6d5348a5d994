//! Runs [`identity::request_login_code`].

souk_runtime::main!(identity::request_login_code::RequestLoginCode);
