//! Runs [`reference::get_openapi`].

souk_runtime::main!(reference::get_openapi::GetOpenapi);
