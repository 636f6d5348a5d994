//! Runs [`account::record_view`].

souk_runtime::main!(account::record_view::RecordView);
