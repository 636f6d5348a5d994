//! Runs [`account::remove_from_wishlist`].

souk_runtime::main!(account::remove_from_wishlist::RemoveFromWishlist);
