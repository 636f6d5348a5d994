//! Runs [`search::rebuild_index`].

souk_runtime::main!(search::rebuild_index::RebuildIndex);
