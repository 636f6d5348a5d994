//! Runs [`account::list_wishlist`].

souk_runtime::main!(account::list_wishlist::ListWishlist);
