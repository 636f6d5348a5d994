//! Runs [`catalogue::suggest`].

souk_runtime::main!(catalogue::suggest::Suggest);
