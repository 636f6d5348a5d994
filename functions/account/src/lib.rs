//! The account: the shopper's own things. Addresses, the wishlist, followed shops, and what was looked at last.
//!
//! Lists of products and shops remember which and since when, nothing else. What those are is looked up whenever a list
//! is shown.

mod address;
mod endpoints;
mod product;

pub use endpoints::*;

souk_runtime::functions! {
    endpoints: [
        list_addresses::ListAddresses,
        add_address::AddAddress,
        change_address::ChangeAddress,
        delete_address::DeleteAddress,
        set_default_address::SetDefaultAddress,
        list_wishlist::ListWishlist,
        add_to_wishlist::AddToWishlist,
        remove_from_wishlist::RemoveFromWishlist,
        list_followed_shops::ListFollowedShops,
        get_followed_shop::GetFollowedShop,
        follow_shop::FollowShop,
        unfollow_shop::UnfollowShop,
        list_recently_viewed::ListRecentlyViewed,
        record_view::RecordView,
    ],
}
