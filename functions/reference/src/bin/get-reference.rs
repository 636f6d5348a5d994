//! Runs [`reference::get_reference`].

souk_runtime::main!(reference::get_reference::GetReference);
