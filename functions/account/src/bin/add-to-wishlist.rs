//! Runs [`account::add_to_wishlist`].

souk_runtime::main!(account::add_to_wishlist::AddToWishlist);
