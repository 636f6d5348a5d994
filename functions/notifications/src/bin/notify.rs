//! Runs [`notifications::notify`].

souk_runtime::main!(notifications::notify::Notify);
