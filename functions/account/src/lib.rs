//! The account of a shopper: addresses, the wishlist, followed shops and recently viewed products.
//!
//! The lists store only the ids of products and shops, and since when they are in the list. Everything else is looked
//! up when a list is answered.

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
