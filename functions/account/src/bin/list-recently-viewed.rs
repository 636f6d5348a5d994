//! Runs [`account::list_recently_viewed`].

souk_runtime::main!(account::list_recently_viewed::ListRecentlyViewed);
