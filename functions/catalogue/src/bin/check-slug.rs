//! Runs [`catalogue::check_slug`].

souk_runtime::main!(catalogue::check_slug::CheckSlug);
