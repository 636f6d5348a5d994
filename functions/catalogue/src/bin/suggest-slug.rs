//! Runs [`catalogue::suggest_slug`].

souk_runtime::main!(catalogue::suggest_slug::SuggestSlug);
